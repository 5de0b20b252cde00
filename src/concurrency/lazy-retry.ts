import * as Effect from "effect/Effect"

/**
 * Retries an effect with `retry`, which is applied only after the first failure. `retry` gets an effect that first fails with
 * that failure and then runs `effect`. A success saves 2 µs: 300,000 runs of `Effect.sync` in one fiber took 0.2 µs each,
 * and 2.1 µs with `Effect.retry`. Remove it when `Effect.retry` builds its schedule after the first failure.
 */
export const lazyRetry = <A, E, R, E2, R2>(
  effect: Effect.Effect<A, E, R>,
  retry: (again: Effect.Effect<A, E, R>) => Effect.Effect<A, E2, R2>
): Effect.Effect<A, E2, R | R2> =>
  Effect.catch(effect, (error) => {
    let begun = false
    const again = Effect.suspend(() => {
      if (begun) return effect
      begun = true
      return Effect.fail(error)
    })
    return retry(again)
  })
