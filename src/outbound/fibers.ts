import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import type * as Scope from "effect/Scope"
import { makeRack } from "../domain/rack.ts"

/** Runs effects in fibers of their own. */
export interface Fibers<R> {
  /** Begins at once; after the scope has ended it is interrupted before it begins. */
  readonly run: <A>(effect: Effect.Effect<A, never, R>) => Fiber.Fiber<A>
  /** Passes when none is left. */
  readonly none: Effect.Effect<void>
}

/** The end of the scope interrupts those that are left. As a `FiberSet`, for so many that a rack is better than its set. */
export const makeFibers = <R = never>(): Effect.Effect<Fibers<R>, never, R | Scope.Scope> =>
  Effect.gen(function* () {
    const fork = Effect.runForkWith(yield* Effect.context<R>())
    const running = makeRack<Fiber.Fiber<unknown>>()
    let ended = false
    yield* Effect.addFinalizer(() =>
      Effect.suspend(() => {
        ended = true
        return Fiber.interruptAll(running.all())
      })
    )
    return {
      run: (effect) => {
        const fiber = fork(ended ? Effect.interrupt : effect)
        if (fiber.pollUnsafe() !== undefined) return fiber
        // Its own first steps may have ended the scope.
        if (ended) fiber.interruptUnsafe()
        fiber.addObserver(running.put(fiber))
        return fiber
      },
      none: Effect.suspend(function again(): Effect.Effect<void> {
        const left = running.all()
        return left.length === 0 ? Effect.void : Effect.andThen(Fiber.awaitAll(left), Effect.suspend(again))
      })
    }
  })
