import { assert, describe, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/testing/TestClock"
import { makeLarge } from "../../../src/inbound/receive/large-webhooks.ts"

describe("G50 large webhooks", () => {
  it.effect("large webhooks take at most a third of the time, however many arrive", () =>
    Effect.gen(function* () {
      const clock = yield* Clock.Clock
      const large = makeLarge(clock)
      const begun: Array<number> = []
      const make = Effect.suspend(() => {
        begun.push(clock.currentTimeMillisUnsafe())
        return Effect.sleep(30)
      })
      const sent = yield* Effect.forEach([1, 2, 3], () =>
        Effect.forkChild(
          large.take(3_000_000, make, () => Effect.void),
          { startImmediately: true }
        )
      )
      yield* TestClock.adjust(1_000)
      yield* Fiber.awaitAll(sent)
      assert.deepStrictEqual(begun, [0, 90, 180])
    })
  )

  it.effect("a large webhook waits at most a second for the one before", () =>
    Effect.gen(function* () {
      const clock = yield* Clock.Clock
      const large = makeLarge(clock)
      let ended = 0
      const take = (millis: number) =>
        large.take(1, Effect.sleep(millis), () => Effect.sync(() => (ended = clock.currentTimeMillisUnsafe())))
      const both = yield* Effect.forkChild(Effect.andThen(take(5_000), take(0)), { startImmediately: true })
      yield* TestClock.adjust(20_000)
      yield* Fiber.join(both)
      assert.strictEqual(ended, 6_000)
    })
  )
})
