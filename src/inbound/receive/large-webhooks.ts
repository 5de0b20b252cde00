import type * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Semaphore from "effect/Semaphore"
import { InfraError } from "../../domain/failure.ts"

/** Large webhooks at once, and the bytes of their bodies: a part of what may be under way. */
export const maxLarge = 256
export const maxLargeMemory = 32 * 1_048_576

/** Large webhooks that are made into items, or wait for the store with them, at once. */
const atOnce = 4

/**
 * How long nothing large is made after something large was, in times of what that took: a third of the process is the most
 * that large webhooks get, however many are sent.
 */
const rest = 2
/** Milliseconds that it is at most. */
const longestRest = 1_000

/** Runs the work on a large webhook: `make` for one at a time, then `commit`. */
export interface Large {
  readonly take: <A, B>(
    bytes: number,
    make: Effect.Effect<A>,
    commit: (made: A) => Effect.Effect<B, InfraError>
  ) => Effect.Effect<B, InfraError>
}

/** Places for webhooks that take more than one turn of the event loop, so that they leave room for all others (G50). */
export const makeLarge = (clock: Clock.Clock): Large => {
  const inHand = Semaphore.makeUnsafe(atOnce)
  const making = Semaphore.makeUnsafe(1)
  let waiting = 0
  let held = 0
  let restsUntil = 0
  const now = () => Number(clock.monotonicTimeNanosUnsafe()) / 1e6
  const inTurn = <A>(make: Effect.Effect<A>) =>
    Effect.suspend(() => {
      const left = restsUntil - now()
      return left > 0 ? Effect.sleep(left) : Effect.void
    }).pipe(
      Effect.andThen(
        Effect.suspend(() => {
          const began = now()
          return Effect.ensuring(
            make,
            Effect.sync(() => (restsUntil = now() + Math.min(rest * (now() - began), longestRest)))
          )
        })
      ),
      Semaphore.withPermits(making, 1)
    )
  return {
    take: (bytes, make, commit) =>
      Effect.suspend(() => {
        if (waiting >= maxLarge || held + bytes > maxLargeMemory) return Effect.fail(tooMany)
        waiting += 1
        held += bytes
        const work = Effect.flatMap(inTurn(make), commit)
        return Effect.ensuring(
          Semaphore.withPermits(inHand, 1)(work),
          Effect.sync(() => {
            waiting -= 1
            held -= bytes
          })
        )
      })
  }
}

const tooMany = new InfraError({
  code: "too_many_at_once",
  operation: "webhook.receive",
  certainty: "not_applied",
  transient: true
})
