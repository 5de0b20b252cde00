import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as FiberHandle from "effect/FiberHandle"
import * as Metric from "effect/Metric"
import type * as Scope from "effect/Scope"
import { Log } from "../../log/log.ts"
import { gauges } from "../../metrics/registry.ts"

/** Milliseconds. A runtime that goes away again within `again` of its return has to stay for a while to count as back. */
const again = 120_000
const firstCalm = 2_000
const longestCalm = 60_000

/** Tells in the log, once a change, whether the runtime is away; a runtime that comes and goes is told as away. */
export interface RuntimeStatus {
  /** `failureCode` of the delivery that showed it. */
  readonly away: (failureCode: string) => Effect.Effect<void>
  /** `failureCode` of a later try at a runtime that is away; its operator may have put right what the first code named. */
  readonly stillAway: (failureCode: string) => Effect.Effect<void>
  readonly back: Effect.Effect<void>
  /** The last code of what is told; `undefined` while the runtime is there. */
  readonly told: Effect.Effect<string | undefined>
}

interface Told {
  readonly since: number
  readonly code: string
}

/** The time from one return to the next departure decides how long a runtime has to stay before it counts as back. */
export const makeRuntimeStatus: Effect.Effect<RuntimeStatus, never, Log | Scope.Scope> = Effect.gen(function* () {
  const log = yield* Log
  const returning = yield* FiberHandle.make<void, never>()
  let told: Told | undefined
  let calm = 0
  let backAt = Number.NEGATIVE_INFINITY

  const clock = yield* Clock.Clock
  const stillAway = (code: string) =>
    Effect.sync(() => {
      if (told !== undefined) told = { ...told, code }
    })
  const tellBack = Effect.suspend(() => {
    if (told === undefined) return Effect.void
    backAt = clock.currentTimeMillisUnsafe()
    log.write("info", "runtime.back", { durationMs: backAt - told.since })
    told = undefined
    return Metric.update(gauges.runtimeAway, 0)
  })

  return {
    away: (code) =>
      Effect.suspend(() => {
        if (told !== undefined) return Effect.andThen(stillAway(code), FiberHandle.clear(returning))
        const now = clock.currentTimeMillisUnsafe()
        calm = now - backAt < again ? Math.min(longestCalm, Math.max(firstCalm, 2 * calm)) : 0
        told = { since: now, code }
        log.write("error", "runtime.away", { failureCode: code })
        return Metric.update(gauges.runtimeAway, 1)
      }),
    stillAway,
    back: Effect.suspend(() => {
      if (told === undefined) return Effect.void
      return calm === 0 ? tellBack : Effect.asVoid(FiberHandle.run(returning, Effect.delay(tellBack, calm)))
    }),
    told: Effect.sync(() => told?.code)
  }
})
