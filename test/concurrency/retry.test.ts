import { assert, describe, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Random from "effect/Random"
import * as TestClock from "effect/testing/TestClock"
import { retryIfUnknown, retryUntilStored, storeBackoff } from "../../src/concurrency/retry.ts"
import { InfraError } from "../../src/domain/failure.ts"

const failed = (certainty: "not_applied" | "unknown", operation = "write") =>
  new InfraError({ code: "store_unavailable", operation, certainty, transient: true })

/** Fails so many times and then succeeds; `at` has the time of each run. */
const failing = (times: number, error = failed("unknown")) => {
  const at: Array<number> = []
  const call = Effect.flatMap(Clock.currentTimeMillis, (now) => {
    at.push(now)
    return at.length > times ? Effect.succeed("stored") : Effect.fail(error)
  })
  return { at, call }
}

describe("retryUntilStored", () => {
  it.effect("retryUntilStored returns the first success and runs the call once", () =>
    Effect.gen(function* () {
      const { at, call } = failing(0)
      assert.strictEqual(yield* retryUntilStored(call), "stored")
      assert.deepStrictEqual(at, [0])
    })
  )

  it.effect("retryUntilStored runs the call every 500 milliseconds until it succeeds", () =>
    Effect.gen(function* () {
      const { at, call } = failing(3)
      const fiber = yield* Effect.forkChild(retryUntilStored(call), { startImmediately: true })
      yield* TestClock.adjust("1 minute")
      assert.strictEqual(yield* Fiber.join(fiber), "stored")
      assert.deepStrictEqual(at, [0, 500, 1_000, 1_500])
    })
  )

  it.effect("retryUntilStored follows the given schedule", () =>
    Effect.gen(function* () {
      const { at, call } = failing(7)
      const half = Random.Random.of({ nextIntUnsafe: () => 0, nextDoubleUnsafe: () => 0.5 })
      const retried = Effect.provideService(retryUntilStored(call, storeBackoff("100 millis")), Random.Random, half)
      const fiber = yield* Effect.forkChild(retried, { startImmediately: true })
      yield* TestClock.adjust("1 minute")
      yield* Fiber.join(fiber)
      const delays = at.slice(1).map((time, index) => time - (at[index] ?? 0))
      assert.deepStrictEqual(delays, [100, 200, 400, 800, 1_600, 2_000, 2_000])
    })
  )

  it.effect("retryUntilStored does not retry a defect", () =>
    Effect.gen(function* () {
      let runs = 0
      const call = Effect.suspend(() => {
        runs += 1
        return Effect.die("defect")
      })
      assert.deepStrictEqual(yield* Effect.exit(retryUntilStored(call)), Exit.die("defect"))
      assert.strictEqual(runs, 1)
    })
  )
})

describe("retryIfUnknown", () => {
  it.effect("retryIfUnknown returns the first success and runs the call once", () =>
    Effect.gen(function* () {
      const { at, call } = failing(0)
      assert.strictEqual(yield* retryIfUnknown(call), "stored")
      assert.deepStrictEqual(at, [0])
    })
  )

  it.effect("retryIfUnknown runs the call once more, without a delay, when its result is unknown", () =>
    Effect.gen(function* () {
      const { at, call } = failing(1)
      assert.strictEqual(yield* retryIfUnknown(call), "stored")
      assert.deepStrictEqual(at, [0, 0])
    })
  )

  it.effect("retryIfUnknown fails when the second result is unknown too", () =>
    Effect.gen(function* () {
      const { at, call } = failing(2)
      assert.deepStrictEqual(yield* Effect.exit(retryIfUnknown(call)), Exit.fail(failed("unknown")))
      assert.deepStrictEqual(at, [0, 0])
    })
  )

  it.effect("retryIfUnknown does not repeat a call that was certainly not applied", () =>
    Effect.gen(function* () {
      const { at, call } = failing(1, failed("not_applied"))
      assert.deepStrictEqual(yield* Effect.exit(retryIfUnknown(call)), Exit.fail(failed("not_applied")))
      assert.deepStrictEqual(at, [0])
    })
  )

  it.effect("retryIfUnknown runs the second call when one is given", () =>
    Effect.gen(function* () {
      const first = failing(1)
      const second = failing(1, failed("unknown", "second"))
      const exit = yield* Effect.exit(retryIfUnknown(first.call, () => second.call))
      assert.deepStrictEqual(exit, Exit.fail(failed("unknown", "second")))
      assert.deepStrictEqual([first.at, second.at], [[0], [0]])
    })
  )
})
