import { assert, describe, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/testing/TestClock"
import { makeFiberPool } from "../../src/concurrency/fiber-pool.ts"
import { makeTimerWheel } from "../../src/concurrency/timer-wheel.ts"

/** A wheel of 3 ticks of one second, the number of its timers, and a way to note when something happens. */
const wheel = Effect.gen(function* () {
  const { run } = yield* makeFiberPool()
  const clock = yield* Clock.Clock
  const timers = { started: 0, running: 0 }
  const start = makeTimerWheel(3, (tick) => {
    timers.started += 1
    timers.running += 1
    const end = Effect.sync(() => {
      timers.running -= 1
      tick()
    })
    run(Effect.delay(end, "1 second"))
  })
  const expired: Array<readonly [name: string, at: number]> = []
  const timeout = (name: string) => start(() => void expired.push([name, clock.currentTimeMillisUnsafe()]))
  return { start, timeout, timers, expired }
})

describe("timer wheel", () => {
  it.effect("a timer wheel expires each timeout after its ticks, or up to one tick less", () =>
    Effect.gen(function* () {
      const { timeout, expired } = yield* wheel
      timeout("first")
      yield* TestClock.adjust("900 millis")
      timeout("second")
      yield* TestClock.adjust("200 millis")
      timeout("third")
      yield* TestClock.adjust("1 minute")
      assert.deepStrictEqual(expired, [
        ["first", 3_000],
        ["second", 3_000],
        ["third", 4_000]
      ])
    }).pipe(Effect.scoped)
  )

  it.effect("a timer wheel does not expire a cancelled timeout, and returns whether the cancel was in time", () =>
    Effect.gen(function* () {
      const { timeout, expired } = yield* wheel
      const [cancelled, late] = [timeout("cancelled"), timeout("late")]
      assert.isTrue(cancelled())
      assert.isFalse(cancelled())
      yield* TestClock.adjust("3 seconds")
      assert.deepStrictEqual(expired, [["late", 3_000]])
      assert.isFalse(late())
    }).pipe(Effect.scoped)
  )

  it.effect("a timer wheel runs one timer while there are timeouts, and none otherwise", () =>
    Effect.gen(function* () {
      const { timeout, timers } = yield* wheel
      assert.deepStrictEqual(timers, { started: 0, running: 0 })
      const cancels = ["a", "b", "c"].map(timeout)
      assert.deepStrictEqual(timers, { started: 1, running: 1 })
      for (const cancel of cancels) cancel()
      yield* TestClock.adjust("1 minute")
      assert.deepStrictEqual(timers, { started: 1, running: 0 })
      timeout("d")
      yield* TestClock.adjust("1 minute")
      assert.deepStrictEqual(timers, { started: 4, running: 0 })
    }).pipe(Effect.scoped)
  )

  it.effect("a timer wheel still runs one timer when an expired timeout starts another", () =>
    Effect.gen(function* () {
      const { start, timeout, timers, expired } = yield* wheel
      start(() => void timeout("second"))
      yield* TestClock.adjust("3 seconds")
      assert.deepStrictEqual(timers, { started: 4, running: 1 })
      yield* TestClock.adjust("3 seconds")
      assert.deepStrictEqual(expired, [["second", 6_000]])
    }).pipe(Effect.scoped)
  )
})
