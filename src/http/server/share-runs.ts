import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as FiberSet from "effect/FiberSet"
import type * as Scope from "effect/Scope"

/** Joins the next run and calls `done` once with its result. */
export type SharedRuns<A> = (done: (result: Exit.Exit<A>) => void) => void

/**
 * Shares one run of an effect between concurrent callers. Runs start at least `gapMs` milliseconds apart. A caller receives the
 * result of a run that started after its call, so the result is never older than the call.
 */
export const shareRuns = <A, R>(
  effect: Effect.Effect<A, never, R>,
  gapMs: number
): Effect.Effect<SharedRuns<A>, never, R | Scope.Scope> =>
  Effect.gen(function* () {
    const run = yield* FiberSet.makeRuntime<R, A>()
    const clock = yield* Clock.Clock
    let waiting: Array<(result: Exit.Exit<A>) => void> = []
    let isRunning = false
    let lastStart = -Infinity

    const start = () => {
      isRunning = true
      const left = Math.max(0, lastStart + gapMs - clock.currentTimeMillisUnsafe())
      let callers = waiting
      const begin = Effect.sync(() => {
        callers = waiting
        waiting = []
        lastStart = clock.currentTimeMillisUnsafe()
      })
      const rest = left === 0 ? Effect.void : Effect.sleep(left)
      run(
        Effect.onExit(Effect.andThen(Effect.andThen(rest, begin), effect), (result) =>
          Effect.sync(() => {
            isRunning = false
            for (const done of callers) done(result)
            const isOver = Exit.isFailure(result) && Cause.hasInterruptsOnly(result.cause)
            if (waiting.length > 0 && !isOver) start()
          })
        )
      )
    }

    return (done) => {
      waiting.push(done)
      if (!isRunning) start()
    }
  })
