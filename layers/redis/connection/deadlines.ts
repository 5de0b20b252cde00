import { setTimeout } from "node:timers"
import { makeSlotArray } from "../../../src/concurrency/slot-array.ts"

interface Waiting {
  readonly until: number
  readonly giveUp: () => void
}

/** Parts of its time in which it is looked whether it is over: so much longer it may take. */
const parts = 8

/** Gives up whatever has waited `millis`, or an eighth of them more: one timer for all, while there are any. */
export const makeDeadlines = (millis: number) => {
  const waiting = makeSlotArray<Waiting>()
  let timer: NodeJS.Timeout | undefined
  let now = 0
  const look = () => {
    now += 1
    timer = undefined
    for (const { giveUp } of waiting.takeWhere(({ until }) => until <= now)) giveUp()
    if (waiting.size() > 0) lookLater()
  }
  const lookLater = () => {
    // @effect-diagnostics-next-line globalTimers:off
    timer = setTimeout(look, millis / parts).unref()
  }
  /** Answers how to say that it is over. */
  return (giveUp: () => void): (() => void) => {
    const over = waiting.add({ until: now + parts + 1, giveUp })
    if (timer === undefined) lookLater()
    return over
  }
}
