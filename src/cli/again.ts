import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Flag from "effect/cli/Flag"
import { wrong } from "./remote.ts"

/** An optional flag of the commands that act on what fits a filter. */
const text = (name: string, description: string) =>
  Flag.String(name).pipe(Flag.optional, Flag.withDescription(description))

export const filterFlags = {
  connector: text("connector", "of this connector only"),
  from: text("from", "from this time on: ISO 8601, or milliseconds since the epoch"),
  to: text("to", "up to this time"),
  because: text("because", "why, in your own words; goes into the audit log")
}

export const accountFlag = text("account", "of this account only")
export const reasonFlag = text("reason", "dead-lettered or quarantined for this reason only")

/** Returns the reason for the audit log, where one was given. */
export const becauseOf = (because: Option.Option<string>) => (Option.isSome(because) ? { reason: because.value } : {})

/** Returns the members of a filter that were given. */
export const filterOf = ({ connector, account, from, to }: Readonly<FilterFlags>) => ({
  ...(Option.isSome(connector) ? { connector: connector.value } : {}),
  ...(Option.isSome(account) ? { account: account.value } : {}),
  ...(Option.isSome(from) ? { from: from.value } : {}),
  ...(Option.isSome(to) ? { to: to.value } : {})
})

interface FilterFlags {
  connector: Option.Option<string>
  account: Option.Option<string>
  from: Option.Option<number>
  to: Option.Option<number>
}

/** Milliseconds since the epoch; what is no time ends the command. */
export const timeOf = (flag: string, value: Option.Option<string>) =>
  Option.match(value, {
    onNone: () => Effect.succeed(Option.none<number>()),
    onSome: (written) => {
      if (/^\d{1,15}$/.test(written)) return Effect.succeed(Option.some(Number(written)))
      const at = Option.map(DateTime.make(written), DateTime.toEpochMillis)
      return Option.isSome(at)
        ? Effect.succeed(at)
        : wrong(`--${flag} must be a time: ISO 8601, or milliseconds since the epoch`)
    }
  })

/** Calls again with `next` of the answer before until there is none, and adds the counts up. */
export const untilDone = Effect.fnUntraced(function* <A extends object, E, R>(
  page: (at: { readonly cursor?: string }) => Effect.Effect<A & { readonly next?: string }, E, R>
) {
  const sum: Record<string, number> = {}
  let next: string | undefined
  do {
    const answer: A & { readonly next?: string } = yield* page(next === undefined ? {} : { cursor: next })
    for (const [name, value] of Object.entries<unknown>({ ...answer })) {
      if (typeof value === "number" && name !== "to") sum[name] = (sum[name] ?? 0) + value
    }
    next = answer.next
  } while (next !== undefined)
  return sum
})

/** Returns a line for each member of an answer. */
export const linesOf = (answer: object): ReadonlyArray<string> =>
  Object.entries<unknown>({ ...answer }).map(
    ([name, value]) => `${name}  ${typeof value === "string" ? value : JSON.stringify(value)}`
  )
