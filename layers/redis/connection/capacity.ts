import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schedule from "effect/Schedule"
import type { Connection } from "./connection.ts"

/** The part of its memory at which a store stops taking in more (G6). */
export const fullAt = 0.85

const numberIn = (info: unknown, field: string): number =>
  typeof info === "string" ? Number(new RegExp(`^${field}:(\\d+)`, "m").exec(info)?.[1] ?? 0) : 0

const isFull = (info: unknown): boolean => {
  const limit = numberIn(info, "maxmemory")
  return limit > 0 && numberIn(info, "used_memory") > fullAt * limit
}

/** Asks every primary each second; one that does not answer counts as not full. Answers what was last heard. */
export const watchCapacity = Effect.fnUntraced(function* ({ primaries }: Connection) {
  let full = false
  const look = Effect.forEach(primaries(), (primary) => Effect.result(primary.command("INFO", ["memory"])), {
    concurrency: "unbounded"
  }).pipe(
    Effect.map((answers) => {
      full = answers.some((answer) => Result.isSuccess(answer) && isFull(answer.success))
    })
  )
  yield* Effect.suspend(() => look).pipe(
    Effect.repeat(Schedule.spaced("1 second")),
    Effect.forkScoped({ startImmediately: true })
  )
  return () => full
})
