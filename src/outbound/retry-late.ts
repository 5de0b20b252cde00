import * as Effect from "effect/Effect"

/** Retries as `retry` says; where the first try succeeds, as most do, nothing of that is set up. */
export const retryLate = <A, E, R, E2, R2>(
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
