import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as FiberSet from "effect/FiberSet"
import type { Turn } from "./account-notes.ts"

/** Most follow-ups at once. More are dropped: the next message brings another one. */
const mostAtOnce = 4
/** Milliseconds between two follow-ups about one fact that was not shown. */
const again = 2_000
/** Milliseconds after which a fact that was shown is looked for again. */
const renewed = 3_600_000
/** Milliseconds that one follow-up may take. */
const limit = 30_000

/** Runs what a fact needs beside the message: a question to the store or to the provider. No message waits for it. */
export interface FollowUps {
  /**
   * Runs an effect that returns true when it has shown its fact. Does nothing when the fact was shown within the last hour,
   * asked for a moment ago, or when too many are running.
   */
  readonly run: (turn: Turn, effect: Effect.Effect<boolean, unknown>) => void
  /** Returns true when {@link run} would run an effect. */
  readonly isDue: (turn: Turn) => boolean
  /** Waits until none is running. */
  readonly awaitIdle: Effect.Effect<void>
}

export const makeFollowUps = Effect.gen(function* () {
  const clock = yield* Clock.Clock
  const fibers = yield* FiberSet.make<void>()
  const fork = yield* FiberSet.runtime(fibers)()
  let running = 0
  const isDue = ({ next }: Turn) => running < mostAtOnce && clock.currentTimeMillisUnsafe() >= next
  return {
    isDue,
    awaitIdle: FiberSet.awaitEmpty(fibers),
    run: (turn, effect) => {
      if (!isDue(turn)) return
      turn.next = clock.currentTimeMillisUnsafe() + again
      running += 1
      fork(
        effect.pipe(
          Effect.timeoutOrElse({ duration: limit, orElse: () => Effect.succeed(false) }),
          Effect.catchCause(() => Effect.succeed(false)),
          Effect.map((shown) => {
            if (shown) turn.next = clock.currentTimeMillisUnsafe() + renewed
          }),
          Effect.ensuring(Effect.sync(() => (running -= 1)))
        )
      )
    }
  } satisfies FollowUps
})
