import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as FiberHandle from "effect/FiberHandle"
import * as Metric from "effect/Metric"
import type * as Scope from "effect/Scope"
import { Log } from "../../log/log.ts"
import { gauges } from "../../metrics/registry.ts"

/** Milliseconds. A runtime that goes away again within `again` of its return counts as back only after a calm time. */
const again = 120_000
const firstCalm = 2_000
const longestCalm = 60_000

/** Logs each time that the runtime goes away or comes back. A runtime that comes and goes stays reported as away. */
export interface RuntimeStatus {
  /** Reports that the runtime is away. `failureCode` is of the delivery that showed it. */
  readonly away: (failureCode: string) => Effect.Effect<void>
  /** Replaces the failure code by that of a later delivery: the runtime's operator may have corrected the first failure. */
  readonly stillAway: (failureCode: string) => Effect.Effect<void>
  /** Reports that the runtime is back, at once or after the calm time. */
  readonly back: Effect.Effect<void>
  /** Returns the last failure code while the runtime counts as away; otherwise returns `undefined`. */
  readonly lastCode: Effect.Effect<string | undefined>
}

/** The departure that the log has reported. `since` in milliseconds since the epoch. */
interface ReportedDeparture {
  readonly since: number
  readonly code: string
}

/** Makes the status. The time from one return to the next departure decides how long the next calm time is. */
export const makeRuntimeStatus: Effect.Effect<RuntimeStatus, never, Log | Scope.Scope> = Effect.gen(function* () {
  const log = yield* Log
  const returning = yield* FiberHandle.make<void, never>()
  let reported: ReportedDeparture | undefined
  let calm = 0
  let backAt = Number.NEGATIVE_INFINITY

  const clock = yield* Clock.Clock
  const stillAway = (code: string) =>
    Effect.sync(() => {
      if (reported !== undefined) reported = { ...reported, code }
    })
  const reportBack = Effect.suspend(() => {
    if (reported === undefined) return Effect.void
    backAt = clock.currentTimeMillisUnsafe()
    log.write("info", "runtime.back", { durationMs: backAt - reported.since })
    reported = undefined
    return Metric.update(gauges.runtimeAway, 0)
  })

  return {
    away: (code) =>
      Effect.suspend(() => {
        if (reported !== undefined) return Effect.andThen(stillAway(code), FiberHandle.clear(returning))
        const now = clock.currentTimeMillisUnsafe()
        calm = now - backAt < again ? Math.min(longestCalm, Math.max(firstCalm, 2 * calm)) : 0
        reported = { since: now, code }
        log.write("error", "runtime.away", { failureCode: code })
        return Metric.update(gauges.runtimeAway, 1)
      }),
    stillAway,
    back: Effect.suspend(() => {
      if (reported === undefined) return Effect.void
      return calm === 0 ? reportBack : Effect.asVoid(FiberHandle.run(returning, Effect.delay(reportBack, calm)))
    }),
    lastCode: Effect.sync(() => reported?.code)
  }
})
