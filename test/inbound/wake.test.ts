import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import type { Consumer } from "../../src/inbound/event-log.ts"
import { Wake } from "../../src/inbound/wake.ts"
import { ground } from "./house.ts"

/** Begins to wait; what passes at once has passed when this returns. */
const waiting = Effect.fnUntraced(function* (consumer: Consumer, partition: number) {
  const wake = yield* Wake
  const fiber = yield* Effect.forkChild(wake.next(consumer, partition), { startImmediately: true })
  return { passed: () => fiber.pollUnsafe() !== undefined, join: Fiber.join(fiber) }
})

describe("a wake", () => {
  it.effect("passes whoever waits for that consumer of that partition, and nobody else", () =>
    Effect.gen(function* () {
      const wake = yield* Wake
      const asked = yield* waiting("runtime", 0)
      const others = [yield* waiting("ledger", 0), yield* waiting("runtime", 1)]
      assert.isFalse(asked.passed())
      wake.notify(0, "runtime")
      yield* asked.join
      assert.deepStrictEqual(
        others.map(({ passed }) => passed()),
        [false, false]
      )
    }).pipe(Effect.provide(ground))
  )

  it.effect("is remembered for who comes later, once however often it was given", () =>
    Effect.gen(function* () {
      const wake = yield* Wake
      for (let notice = 0; notice < 3; notice++) wake.notify(1, "ledger")
      yield* wake.next("ledger", 1)
      const again = yield* waiting("ledger", 1)
      assert.isFalse(again.passed())
      wake.notify(1, "ledger")
      yield* again.join
    }).pipe(Effect.provide(ground))
  )

  it.effect("of a partition that is not there wakes nobody and breaks nothing", () =>
    Effect.gen(function* () {
      const wake = yield* Wake
      wake.notify(7, "runtime")
      assert.isFalse((yield* waiting("runtime", 7)).passed())
    }).pipe(Effect.provide(ground))
  )
})
