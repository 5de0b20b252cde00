import * as Effect from "effect/Effect"
import * as FiberSet from "effect/FiberSet"

interface Waiting {
  readonly until: number
  readonly giveUp: () => void
}

/** Gives up for whoever has waited so many seconds, or a part of one less: one timer for all of them, while there are any. */
export const makePatience = Effect.fnUntraced(function* (seconds: number) {
  const run = yield* FiberSet.runtime(yield* FiberSet.make<void, never>())()
  // In the order in which their time ends.
  const waiting = new Set<Waiting>()
  let ticking = false
  let now = 0

  const tick = Effect.sync(() => {
    now += 1
    for (const one of waiting) {
      if (one.until > now) return
      waiting.delete(one)
      one.giveUp()
    }
  })
  const ticks = Effect.suspend(function again(): Effect.Effect<void> {
    ticking = waiting.size > 0
    return ticking ? Effect.flatMap(Effect.andThen(Effect.sleep("1 second"), tick), again) : Effect.void
  })

  /** Answers how to say that the waiting is over: `false` where it had been given up. */
  return (giveUp: () => void): (() => boolean) => {
    const one = { until: now + seconds, giveUp }
    waiting.add(one)
    if (!ticking) run(ticks)
    return () => waiting.delete(one)
  }
})
