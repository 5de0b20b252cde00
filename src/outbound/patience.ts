import * as Effect from "effect/Effect"
import { makeSlotArray } from "../concurrency/slot-array.ts"
import { makeFiberPool } from "../concurrency/fiber-pool.ts"

interface Waiting {
  readonly until: number
  readonly giveUp: () => void
}

/** Gives up for whoever has waited so many seconds, or a part of one less: one timer for all of them, while there are any. */
export const makePatience = Effect.fnUntraced(function* (seconds: number) {
  const { run } = yield* makeFiberPool()
  const waiting = makeSlotArray<Waiting>()
  let ticking = false
  let now = 0

  const tick = Effect.sync(() => {
    now += 1
    for (const { giveUp } of waiting.takeWhere(({ until }) => until <= now)) giveUp()
  })
  const ticks = Effect.suspend(function again(): Effect.Effect<void> {
    ticking = waiting.size() > 0
    return ticking ? Effect.flatMap(Effect.andThen(Effect.sleep("1 second"), tick), again) : Effect.void
  })

  /** Answers how to say that the waiting is over: `false` where it had been given up. */
  return (giveUp: () => void): (() => boolean) => {
    const over = waiting.add({ until: now + seconds, giveUp })
    if (!ticking) run(ticks)
    return over
  }
})
