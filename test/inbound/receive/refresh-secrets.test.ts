import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Latch from "effect/Latch"
import { secretRefresh, maxUnverified, maxUnverifiedMemory } from "../../../src/inbound/receive/refresh-secrets.ts"
import { fixtureChannel } from "../../fakes/channel.ts"

const bodyOf = (bytes: number) => ({ headers: {}, body: new Uint8Array(bytes) })

/** What nothing known has signed, in front of a refresh that ends once the latch is open. */
const harness = Effect.gen(function* () {
  const latch = yield* Latch.make(false)
  const refreshed: Array<string> = []
  const channel = yield* fixtureChannel()
  const { refresh } = secretRefresh({
    handle: () => Effect.die(new Error("nobody reads a secret by name here")),
    unusable: () => [],
    onRotated: () => undefined,
    mayRefresh: () => true,
    refresh: (cause) => Effect.suspend(() => (refreshed.push(cause), Effect.as(latch.await, true)))
  })
  const come = (bytes: number) => Effect.forkChild(refresh(channel, bodyOf(bytes)), { startImmediately: true })
  const fill = (count: number, bytes: number) => Effect.forEach(Array.from({ length: count }), () => come(bytes))
  return { refreshed, come, fill, latch, one: (bytes: number) => refresh(channel, bodyOf(bytes)) }
})

describe("webhook with an unknown signature", () => {
  it.effect("G29 a webhook with an unknown signature waits for the shared refresh, and is verified again", () =>
    Effect.gen(function* () {
      const { refreshed, fill, latch } = yield* harness
      const waiting = yield* fill(3, 10)
      yield* latch.open
      assert.deepStrictEqual(yield* Effect.forEach(waiting, Fiber.join), [true, true, true])
      assert.deepStrictEqual(new Set(refreshed), new Set(["webhook:fixture"]))
    })
  )

  for (const [what, count, bytes] of [
    ["in number", maxUnverified, 10],
    ["in the bytes of their bodies", maxUnverifiedMemory / 2 ** 20, 2 ** 20]
  ] as const) {
    it.effect(`G29 unverified webhooks beyond the bound ${what} are rejected as transient, without a refresh`, () =>
      Effect.gen(function* () {
        const { refreshed, come, fill, latch, one } = yield* harness
        const waiting = yield* fill(count, bytes)
        const more = yield* Effect.flip(one(bytes))
        assert.deepStrictEqual([more.code, more.certainty, more.transient], ["too_many_at_once", "not_applied", true])
        assert.lengthOf(refreshed, count)
        yield* latch.open
        yield* Effect.forEach(waiting, Fiber.join)
        assert.isTrue(yield* Fiber.join(yield* come(bytes)))
      })
    )
  }

  it.effect("G29 an interrupted webhook frees its slot among the unverified", () =>
    Effect.gen(function* () {
      const { fill, latch, one } = yield* harness
      yield* Effect.forEach(yield* fill(maxUnverified, 10), Fiber.interrupt)
      yield* latch.open
      assert.isTrue(yield* one(10))
    })
  )
})
