import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schedule from "effect/Schedule"
import { type Capacity, fullAt } from "../../../src/inbound/event-log/retention.ts"
import type { Connection } from "./connection.ts"

const numberIn = (info: unknown, field: string): number =>
  typeof info === "string" ? Number(new RegExp(`^${field}:(\\d+)`, "m").exec(info)?.[1] ?? 0) : 0

const unlimited: Capacity = { used: 0 }

const capacityOf = (infos: ReadonlyArray<unknown>): Capacity => {
  const limits = infos.map((info) => numberIn(info, "maxmemory"))
  const parts = infos.map((info, at) => ((limits[at] ?? 0) > 0 ? numberIn(info, "used_memory") / (limits[at] ?? 1) : 0))
  const used = Math.max(0, ...parts)
  return limits.length === 0 || limits.includes(0)
    ? { used }
    : { used, limit: limits.reduce((sum, one) => sum + one, 0) }
}

/** Returns true when the store accepts nothing more (G6). */
export const isFull = ({ used }: Capacity): boolean => used > fullAt

/**
 * Reads the memory of every primary each second; one that does not reply counts as empty. Returns a function that
 * returns the last reading.
 */
export const watchCapacity = Effect.fnUntraced(function* ({ primaries }: Connection) {
  let capacity = unlimited
  const look = Effect.forEach(primaries(), (primary) => Effect.result(primary.command("INFO", ["memory"])), {
    concurrency: "unbounded"
  }).pipe(
    Effect.map((answers) => {
      capacity = capacityOf(answers.flatMap((answer) => (Result.isSuccess(answer) ? [answer.success] : [])))
    })
  )
  yield* Effect.suspend(() => look).pipe(
    Effect.repeat(Schedule.spaced("1 second")),
    Effect.forkScoped({ startImmediately: true })
  )
  return () => capacity
})
