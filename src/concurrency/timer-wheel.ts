import { makeSlotArray } from "./slot-array.ts"

/** Starts a timeout. Returns the function that cancels it, which returns `false` when the timeout has expired. */
export type TimerWheel = (onExpire: () => void) => () => boolean

interface Timeout {
  readonly expiresAt: number
  readonly onExpire: () => void
}

/**
 * Makes timeouts that last `ticks` ticks, or up to one tick less. `afterTick` calls back once, one tick later. One timer serves
 * all timeouts and runs only while there are any. A timeout that is started and cancelled takes 0.05 to 0.1 µs, measured in a
 * loop of 300,000, in place of 0.5 µs with `setTimeout`. Remove it when a timer of its own costs no more.
 */
export const makeTimerWheel = (ticks: number, afterTick: (callback: () => void) => void): TimerWheel => {
  const timeouts = makeSlotArray<Timeout>()
  let isTicking = false
  let now = 0

  const continueTicking = () => {
    if (isTicking || timeouts.size() === 0) return
    isTicking = true
    afterTick(tick)
  }
  const tick = () => {
    isTicking = false
    now += 1
    for (const { onExpire } of timeouts.takeWhere(({ expiresAt }) => expiresAt <= now)) onExpire()
    continueTicking()
  }

  return (onExpire) => {
    const cancel = timeouts.add({ expiresAt: now + ticks, onExpire })
    continueTicking()
    return cancel
  }
}
