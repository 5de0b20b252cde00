import { assert, describe, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as TestClock from "effect/testing/TestClock"
import { RedisStore } from "../../../layers/redis/client.ts"
import { layer, makeStoreClock } from "../../../layers/redis/store-clock.ts"
import { StoreClock } from "../../../src/partition/store-clock.ts"
import { infra } from "../../fakes/faults.ts"
import { freshStore } from "../../support/fresh-store.ts"

/** A store whose clock is an hour ahead of that of the process, and which a test can take away. */
const scene = Effect.sync(() => {
  let isAway = false
  let ahead = 3_600_000
  const time = Effect.flatMap(Clock.currentTimeMillis, (now) =>
    isAway
      ? Effect.fail(infra("not_applied"))
      : Effect.succeed([String(Math.floor((now + ahead) / 1_000)), String(((now + ahead) % 1_000) * 1_000)])
  )
  return {
    clock: Layer.effect(StoreClock, makeStoreClock(time)),
    goes: (away: boolean) => void (isAway = away),
    runsAhead: (millis: number) => void (ahead = millis)
  }
})

const now = StoreClock.use((clock) => clock.now)

describe("G8 clock of the store in Redis", () => {
  it.effect(
    "the store clock is read without a round trip, continues while the store is away, and is corrected later",
    () =>
      Effect.gen(function* () {
        const { clock, goes, runsAhead } = yield* scene
        yield* Effect.gen(function* () {
          const begun = yield* now
          assert.strictEqual(begun, (yield* Clock.currentTimeMillis) + 3_600_000)
          yield* TestClock.adjust(1_234)
          assert.strictEqual(yield* now, begun + 1_234)
          goes(true)
          yield* TestClock.adjust("1 hour")
          assert.strictEqual(yield* now, begun + 1_234 + 3_600_000)
          goes(false)
          runsAhead(7_200_000)
          yield* TestClock.adjust("5 seconds")
          assert.strictEqual(yield* now, (yield* Clock.currentTimeMillis) + 7_200_000)
        }).pipe(Effect.provide(clock))
      })
  )

  it.effect("the store clock equals the process clock until the store has answered once", () =>
    Effect.gen(function* () {
      const { clock, goes } = yield* scene
      goes(true)
      assert.strictEqual(yield* Effect.provide(now, clock), yield* Clock.currentTimeMillis)
    })
  )

  it.live("the store clock is read from a server", () =>
    Effect.gen(function* () {
      const [storeNow, [seconds]] = yield* Effect.gen(function* () {
        const store = yield* RedisStore
        const reply = yield* store.command("TIME")
        return [yield* now, Array.isArray(reply) ? reply : []] as const
      }).pipe(Effect.provide(Layer.provideMerge(layer, freshStore())))
      assert.closeTo(storeNow / 1_000, Number(seconds), 5)
    })
  )
})
