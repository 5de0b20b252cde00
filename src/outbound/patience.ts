import * as Effect from "effect/Effect"
import { makeRack } from "../domain/rack.ts"
import { makeFibers } from "./fibers.ts"

interface Waiting {
  readonly until: number
  readonly giveUp: () => void
}

/** Gives up for whoever has waited so many seconds, or a part of one less: one timer for all of them, while there are any. */
export const makePatience = Effect.fnUntraced(function* (seconds: number) {
  const { run } = yield* makeFibers()
  const waiting = makeRack<Waiting>()
  let ticking = false
  let now = 0

  const tick = Effect.sync(() => {
    now += 1
    for (const { giveUp } of waiting.takeAll(({ until }) => until <= now)) giveUp()
  })
  const ticks = Effect.suspend(function again(): Effect.Effect<void> {
    ticking = waiting.size() > 0
    return ticking ? Effect.flatMap(Effect.andThen(Effect.sleep("1 second"), tick), again) : Effect.void
  })

  /** Answers how to say that the waiting is over: `false` where it had been given up. */
  return (giveUp: () => void): (() => boolean) => {
    const over = waiting.put({ until: now + seconds, giveUp })
    if (!ticking) run(ticks)
    return over
  }
})
