import * as Context from "effect/Context"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Random from "effect/Random"
import type * as Scope from "effect/Scope"
import { type Backoff, backoffDelay } from "../../concurrency/backoff.ts"
import type { Log } from "../../log/log.ts"
import { runtimeAnswerCode, type RuntimeAnswer, signOf } from "../runtime/runtime.ts"
import { defaultRules, type RuntimeHealth, judgeResponse, type Rules, unheard } from "../runtime/runtime-health.ts"
import { makeRuntimeStatus } from "../runtime/runtime-status.ts"
import type { Delivered, DeliveryPass, AttemptVerdict } from "../ordering/ordered-dispatcher.ts"

/** Delays between two probes of a runtime that is away, for the whole replica. */
export const probeBackoff: Backoff = { baseMs: 500, maxMs: 5_000 }

interface BreakerShape {
  /** At once while the runtime is there; while it is away one waiter at a time, after a pause. */
  readonly enter: Effect.Effect<DeliveryPass>
  /** Ends a pass with what was heard. */
  readonly leave: (pass: DeliveryPass, delivered: Delivered) => Effect.Effect<AttemptVerdict>
  /** Ends a pass where nothing was heard. */
  readonly giveUp: (pass: DeliveryPass) => Effect.Effect<void>
  /** The failure code of the last look at a runtime that is away; `undefined` while it is there. */
  readonly away: Effect.Effect<string | undefined>
}

/** Whether the runtime is there, as this process sees it by the rules of `runtime-health.ts` (G33, G48, I8). */
export class Breaker extends Context.Service<Breaker, BreakerShape>()("comporta/inbound/Breaker") {}

interface Look {
  readonly until: number
  readonly looks: number
  readonly probing: boolean
}

const monotonic = Effect.clockWith((clock) => Effect.sync(() => Number(clock.monotonicTimeNanosUnsafe() / 1_000_000n)))

const askedBy = (answer: RuntimeAnswer) => (answer._tag === "Held" ? (answer.retryAfter ?? 0) : 0)

export const makeBreaker = Effect.fnUntraced(function* (
  given: Partial<Rules> = {}
): Effect.fn.Return<BreakerShape, never, Log | Scope.Scope> {
  const rules = { ...defaultRules, ...given }
  const status = yield* makeRuntimeStatus
  let health: RuntimeHealth = unheard
  let opening = 0
  let look: Look | undefined
  /** The least that one of those asked for who were held since the last 2xx, while the runtime was there. */
  let asked: number | undefined
  let changed = Deferred.makeUnsafe<void>()

  const become = (next: Look | undefined) => {
    look = next
    const told = changed
    changed = Deferred.makeUnsafe<void>()
    Deferred.doneUnsafe(told, Exit.void)
  }

  /** Schedules the next probe, not before the runtime's own `Retry-After`. */
  const lookLater = (now: number, random: number, looks: number, retryAfter: number) => {
    const delay = Math.ceil(backoffDelay(probeBackoff, looks, random))
    become({ looks, until: now + Math.max(retryAfter, delay), probing: false })
  }

  const wait = Effect.suspend(() => {
    const told = Deferred.await(changed)
    if (look === undefined || look.probing) return told
    const { until } = look
    return Effect.flatMap(monotonic, (now) => Effect.timeoutOption(told, until - now))
  })

  const enter = Effect.gen(function* () {
    while (true) {
      if (look === undefined) return { probe: false, opening }
      if (!look.probing && (yield* monotonic) >= look.until) {
        look = { ...look, probing: true }
        return { probe: true, opening }
      }
      yield* Effect.interruptible(wait)
    }
  }).pipe(Effect.uninterruptible)

  /** Opens, looks again or closes, as the health now is; answers what is to be told. */
  const follow = (pass: DeliveryPass, answer: RuntimeAnswer, now: number, jitter: number): Effect.Effect<void> => {
    if (health.away === undefined) {
      if (look === undefined) return Effect.void
      become(undefined)
      return status.back
    }
    if (look === undefined) {
      opening += 1
      lookLater(now, jitter, 0, asked ?? 0)
      asked = undefined
      return status.away(runtimeAnswerCode(answer))
    }
    if (!pass.probe) return Effect.void
    lookLater(now, jitter, look.looks + 1, askedBy(answer))
    return status.stillAway(runtimeAnswerCode(answer))
  }

  return {
    enter,
    leave: Effect.fnUntraced(function* (pass, { answer, ...of }) {
      const now = yield* monotonic
      const jitter = yield* Random.next
      const stale = pass.opening < opening
      const judged = judgeResponse(rules, health, of.standing, { ...of, sign: signOf(answer), now, stale })
      health = judged.health
      if (answer._tag === "Acknowledged") asked = undefined
      else asked = Math.min(asked ?? Number.POSITIVE_INFINITY, askedBy(answer))
      const { standing, counts } = judged
      const verdict = { standing, away: health.away !== undefined, ...(counts === undefined ? {} : { counts }) }
      yield* follow(pass, answer, now, jitter)
      return verdict
    }),
    giveUp: (pass) =>
      Effect.sync(() => {
        if (pass.probe && look !== undefined) become({ ...look, probing: false })
      }),
    away: status.told
  }
})

/** The rules of `runtime-health.ts` unless given. */
export const layer = (rules: Partial<Rules> = {}): Layer.Layer<Breaker, never, Log> =>
  Layer.effect(Breaker, makeBreaker(rules))
