import * as Context from "effect/Context"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Random from "effect/Random"
import type * as Scope from "effect/Scope"
import { type Backoff, backoffDelay } from "../../concurrency/backoff.ts"
import type { Log } from "../../log/log.ts"
import { type RuntimeAnswer, runtimeAnswerCode, signOf } from "../runtime/runtime.ts"
import {
  defaultRules,
  type RuntimeHealth,
  judgeResponse,
  type Rules,
  initialHealth
} from "../runtime/runtime-health.ts"
import { makeRuntimeStatus } from "../runtime/runtime-status.ts"
import type { Delivered, DeliveryPass, AttemptVerdict } from "../ordering/ordered-dispatcher.ts"

/** Delays between two probes of a runtime that is away. One replica sends one probe at a time. */
export const probeBackoff: Backoff = { baseMs: 500, maxMs: 5_000 }

interface BreakerShape {
  /**
   * Returns a pass at once while the runtime is available. While the runtime is away, gives a probe to one caller at a time,
   * after a delay; the others wait.
   */
  readonly enter: Effect.Effect<DeliveryPass>
  /** Ends a pass with the runtime's answer. Returns the effect of the answer on its event. */
  readonly leave: (pass: DeliveryPass, delivered: Delivered) => Effect.Effect<AttemptVerdict>
  /** Ends a pass without an answer. If the pass was a probe, the next caller may probe. */
  readonly giveUp: (pass: DeliveryPass) => Effect.Effect<void>
  /** Returns the last failure code while the runtime counts as away; otherwise returns `undefined`. */
  readonly away: Effect.Effect<string | undefined>
}

/** Circuit breaker of this process for the runtime. It follows the rules of `runtime-health.ts` (G33, G48, I8). */
export class Breaker extends Context.Service<Breaker, BreakerShape>()("comporta/inbound/Breaker") {}

/** State of an open breaker. Times in milliseconds of the monotonic clock. */
interface OpenState {
  readonly nextProbeAt: number
  /** Probes that have failed. */
  readonly probes: number
  /** True while a probe is under way. */
  readonly probing: boolean
}

const monotonic = Effect.clockWith((clock) => Effect.sync(() => Number(clock.monotonicTimeNanosUnsafe() / 1_000_000n)))

const retryAfterOf = (answer: RuntimeAnswer) => (answer._tag === "Held" ? (answer.retryAfter ?? 0) : 0)

export const makeBreaker = Effect.fnUntraced(function* (
  given: Partial<Rules> = {}
): Effect.fn.Return<BreakerShape, never, Log | Scope.Scope> {
  const rules = { ...defaultRules, ...given }
  const status = yield* makeRuntimeStatus
  let health: RuntimeHealth = initialHealth
  let opening = 0
  let open: OpenState | undefined
  /** The shortest `Retry-After` since the last 2xx, while the runtime was available; 0 for an answer without one. */
  let leastRetryAfter: number | undefined
  let changed = Deferred.makeUnsafe<void>()

  const setOpen = (next: OpenState | undefined) => {
    open = next
    const previous = changed
    changed = Deferred.makeUnsafe<void>()
    Deferred.doneUnsafe(previous, Exit.void)
  }

  /** Schedules the next probe, not before the runtime's own `Retry-After`. */
  const scheduleProbe = (now: number, random: number, probes: number, retryAfter: number) => {
    const delay = Math.ceil(backoffDelay(probeBackoff, probes, random))
    setOpen({ probes, nextProbeAt: now + Math.max(retryAfter, delay), probing: false })
  }

  const wait = Effect.suspend(() => {
    const change = Deferred.await(changed)
    if (open === undefined || open.probing) return change
    const { nextProbeAt } = open
    return Effect.flatMap(monotonic, (now) => Effect.timeoutOption(change, nextProbeAt - now))
  })

  const enter = Effect.gen(function* () {
    while (true) {
      if (open === undefined) return { probe: false, opening }
      if (!open.probing && (yield* monotonic) >= open.nextProbeAt) {
        open = { ...open, probing: true }
        return { probe: true, opening }
      }
      yield* Effect.interruptible(wait)
    }
  }).pipe(Effect.uninterruptible)

  /** Opens the breaker, schedules the next probe or closes the breaker, by the present health, and logs the change. */
  const update = (pass: DeliveryPass, answer: RuntimeAnswer, now: number, jitter: number): Effect.Effect<void> => {
    if (health.away === undefined) {
      if (open === undefined) return Effect.void
      setOpen(undefined)
      return status.back
    }
    if (open === undefined) {
      opening += 1
      scheduleProbe(now, jitter, 0, leastRetryAfter ?? 0)
      leastRetryAfter = undefined
      return status.away(runtimeAnswerCode(answer))
    }
    if (!pass.probe) return Effect.void
    scheduleProbe(now, jitter, open.probes + 1, retryAfterOf(answer))
    return status.stillAway(runtimeAnswerCode(answer))
  }

  return {
    enter,
    leave: Effect.fnUntraced(function* (pass, { answer, ...of }) {
      const now = yield* monotonic
      const jitter = yield* Random.next
      const stale = pass.opening < opening
      const judged = judgeResponse(rules, health, of.state, { ...of, sign: signOf(answer), now, stale })
      health = judged.health
      if (answer._tag === "Acknowledged") leastRetryAfter = undefined
      else leastRetryAfter = Math.min(leastRetryAfter ?? Number.POSITIVE_INFINITY, retryAfterOf(answer))
      const { state, counts } = judged
      const verdict = { state, away: health.away !== undefined, ...(counts === undefined ? {} : { counts }) }
      yield* update(pass, answer, now, jitter)
      return verdict
    }),
    giveUp: (pass) =>
      Effect.sync(() => {
        if (pass.probe && open !== undefined) setOpen({ ...open, probing: false })
      }),
    away: status.lastCode
  }
})

/** Makes a breaker. Rules that are not given are those of `runtime-health.ts`. */
export const layer = (rules: Partial<Rules> = {}): Layer.Layer<Breaker, never, Log> =>
  Layer.effect(Breaker, makeBreaker(rules))
