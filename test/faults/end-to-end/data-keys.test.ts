import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { askRedis, askUntil } from "../../support/ask-redis.ts"
import { checksOf, failedIn, stagingSetup } from "../../support/staging.ts"
import { messages, text } from "../../support/webhook.ts"

const keys = "comporta:{p0}:keys"

describe("data keys in staging", () => {
  it.live("G36 a running gateway restores lost data keys, and a starting one refuses to start without them", () =>
    Effect.gen(function* () {
      const { redis, installed, store } = yield* stagingSetup
      const ask = (...command: readonly [string, ...ReadonlyArray<string>]) =>
        Effect.promise(() => askRedis(redis.port, command))
      yield* store("init", "--partitions", "2")
      const program = yield* installed.start
      assert.strictEqual((yield* program.deliver(messages(text("wamid.1")))).status, 200)
      yield* ask("DEL", keys)
      yield* Effect.promise(() =>
        askUntil("the keys are back", async () => (await askRedis(redis.port, ["EXISTS", keys]))[0] === 1)
      )
      yield* program.line("store.keys_restored")
      program.signal("SIGTERM")
      yield* program.ended
      const [kept] = yield* ask("HGETALL", keys)
      yield* ask("DEL", keys)
      const refused = yield* installed.run()
      assert.strictEqual(refused.code, 78)
      const checks = checksOf(refused.lines.at(-1))
      assert.deepStrictEqual(failedIn(checks), ["store.keys"])
      assert.include(checks.get("store.keys")?.remedy, keys)
      assert.deepStrictEqual(yield* ask("EXISTS", keys), [0])
      yield* ask("HSET", keys, ...(Array.isArray(kept) ? kept.map(String) : []))
      const again = yield* installed.start
      assert.strictEqual((yield* again.deliver(messages(text("wamid.1")))).status, 200)
    })
  )

  it.live("G36 a gateway refuses to start without the data keys of a store that an earlier release sealed", () =>
    Effect.gen(function* () {
      const { redis, installed, store } = yield* stagingSetup
      yield* store("init", "--partitions", "1")
      const program = yield* installed.start
      assert.strictEqual((yield* program.deliver(messages(text("wamid.1")))).status, 200)
      program.signal("SIGTERM")
      yield* program.ended
      yield* Effect.promise(() => askRedis(redis.port, ["HDEL", "comporta:{p0}:stamp", "sealed"], ["DEL", keys]))
      assert.deepStrictEqual(failedIn(checksOf((yield* installed.run()).lines.at(-1))), ["store.keys"])
    })
  )
})
