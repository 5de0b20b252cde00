import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import { InfraError } from "../../domain/failure.ts"

/**
 * Says whether this process may still begin effects. Only a break-glass document ends that in a running process: from its
 * end, no new intent is claimed, and no request of an earlier claim leaves.
 */
export const SendingEnd = Context.Reference<{ readonly hasEnded: () => boolean }>("comporta/outbound/SendingEnd", {
  defaultValue: () => ({ hasEnded: () => false })
})

/** Failure of a claim after the end. Nothing was sent. */
export const readinessEnded = new InfraError({
  code: "readiness_ended",
  operation: "the break-glass document of this process has ended, and it sends nothing more",
  certainty: "not_applied",
  transient: true
})

/**
 * Returns an end that comes after `millis` milliseconds, by the wall clock or by the monotonic clock, whichever is first: a
 * clock that is set back does not move it.
 */
export const endsAfter = (millis: number) =>
  Effect.map(Clock.Clock, (clock) => {
    const wall = clock.currentTimeMillisUnsafe() + millis
    const monotonic = clock.monotonicTimeNanosUnsafe() + BigInt(Math.max(0, Math.floor(millis))) * 1_000_000n
    return {
      hasEnded: () => clock.currentTimeMillisUnsafe() >= wall || clock.monotonicTimeNanosUnsafe() >= monotonic
    }
  })
