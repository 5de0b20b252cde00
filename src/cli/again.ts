import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Flag from "effect/cli/Flag"
import type { JsonObject } from "../domain/json.ts"
import { ask, type Remote, wrong } from "./remote.ts"

/** What `redrive` and `replay` share: filters, and going on until the gateway says that all is done. */
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

export const given = (values: Readonly<Record<string, Option.Option<string | number>>>): JsonObject =>
  Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) => (Option.isSome(value) ? [[name, value.value]] : []))
  )

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

/** Asks again from where the answer before ended, and adds the numbers up. */
export const untilDone = Effect.fnUntraced(function* (remote: Remote, path: string, body: JsonObject) {
  const sum: Record<string, number> = {}
  let cursor: string | undefined
  do {
    const at: JsonObject = cursor === undefined ? body : { ...body, cursor }
    const answer: JsonObject = yield* ask(remote, { method: "POST", path, body: at })
    for (const [name, value] of Object.entries(answer)) {
      if (typeof value === "number" && name !== "to") sum[name] = (sum[name] ?? 0) + value
    }
    const next: unknown = answer["next"]
    cursor = typeof next === "string" ? next : undefined
  } while (cursor !== undefined)
  return sum
})

export const linesOf = (answer: JsonObject): ReadonlyArray<string> =>
  Object.entries(answer).map(([name, value]) => `${name}  ${typeof value === "string" ? value : JSON.stringify(value)}`)
