import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Flag from "effect/cli/Flag"
import { wrong } from "./remote.ts"

/** Makes an optional text flag for the commands that act on every record of a filter. */
const text = (name: string, description: string) =>
  Flag.String(name).pipe(Flag.optional, Flag.withDescription(description))

export const filterFlags = {
  connector: text("connector", "only records of this connector"),
  from: text("from", "only records from this time on: ISO 8601, or milliseconds since the epoch"),
  to: text("to", "only records up to this time: ISO 8601, or milliseconds since the epoch"),
  because: text("because", "the reason, in your own words; goes into the audit log")
}

export const accountFlag = text("account", "only records of this account")
export const reasonFlag = text("reason", "only dead letters or quarantined items with this reason")

/** Returns the reason as a member of the request; no member when the operator gave none. */
export const becauseOf = (because: Option.Option<string>) => (Option.isSome(because) ? { reason: because.value } : {})

/** Returns the filter with only the members that the operator gave. */
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

/** Returns the milliseconds since the epoch. Ends the command when the value is not a time. */
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

/** Fetches every page, passing `next` of each response as the cursor, and returns the sums of the counts. */
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

/** Returns a line for each member of a response. */
export const linesOf = (answer: object): ReadonlyArray<string> =>
  Object.entries<unknown>({ ...answer }).map(
    ([name, value]) => `${name}  ${typeof value === "string" ? value : JSON.stringify(value)}`
  )
