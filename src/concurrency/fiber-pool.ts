import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import type * as Scope from "effect/Scope"
import { makeSlotArray } from "./slot-array.ts"

/** Runs each effect in a fiber of its own. */
export interface FiberPool<R> {
  /** Starts the effect at once. When the scope has closed, interrupts the fiber before its first step. */
  readonly run: <A>(effect: Effect.Effect<A, never, R>) => Fiber.Fiber<A>
  /** Waits until no fiber is running. */
  readonly awaitEmpty: Effect.Effect<void>
}

/** Makes a pool whose fibers are interrupted when the scope closes. Does what `FiberSet` does, without its `Set`: see `slot-array.ts`. */
export const makeFiberPool = <R = never>(): Effect.Effect<FiberPool<R>, never, R | Scope.Scope> =>
  Effect.gen(function* () {
    const fork = Effect.runForkWith(yield* Effect.context<R>())
    const running = makeSlotArray<Fiber.Fiber<unknown>>()
    let closed = false
    yield* Effect.addFinalizer(() =>
      Effect.suspend(() => {
        closed = true
        return Fiber.interruptAll(running.all())
      })
    )
    return {
      run: (effect) => {
        const fiber = fork(closed ? Effect.interrupt : effect)
        if (fiber.pollUnsafe() !== undefined) return fiber
        // The first steps of the effect may have closed the scope.
        if (closed) fiber.interruptUnsafe()
        fiber.addObserver(running.add(fiber))
        return fiber
      },
      awaitEmpty: Effect.suspend(function again(): Effect.Effect<void> {
        const left = running.all()
        return left.length === 0 ? Effect.void : Effect.andThen(Fiber.awaitAll(left), Effect.suspend(again))
      })
    }
  })
