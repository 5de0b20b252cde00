import { assert, describe, it } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { defineScript, layer as connect, RedisStore } from "../../../../layers/redis/client.ts"
import { keysOf } from "../../../../layers/redis/keys.ts"
import { requireStamp } from "../../../../layers/redis/scripting/lua.ts"
import { mendPartitionScript } from "../../../../layers/redis/store-admin/scripts/mend-partition.ts"
import { watchedKeysOf } from "../../../../layers/redis/store-admin/partition-facts.ts"
import { layer } from "../../../../layers/redis/store.ts"
import { makePoll } from "../../../../layers/redis/watch/poll.ts"
import { Deployment } from "../../../../src/deployment/deployment.ts"
import { askRedis } from "../../../support/ask-redis.ts"
import { becomes } from "../../../support/test-bed.ts"
import { redisServer } from "../../../support/redis-server.ts"

const beginsScript = defineScript(
  "begin a test",
  `#!lua
${requireStamp}
write('HSET', KEYS[2], ARGV[2], '1')
return ARGV[2]
`,
  { begins: true }
)

/** A process over this store: what it does in partition 0, and whether its poll finds that partition behind. */
const process = Effect.fnUntraced(function* (url: string) {
  const stamped = layer({ environment: "local", partitions: 1 })
  const context = yield* Layer.build(stamped.pipe(Layer.provideMerge(connect({ url })), Layer.fresh))
  const store = Context.get(context, RedisStore)
  const deployment = Context.get(context, Deployment)
  const poll = makePoll(store, deployment)
  const keys = [keysOf(store.prefix, 0).of("stamp"), keysOf(store.prefix, 0).of("late")]
  const seen = becomes(
    poll(() => false),
    ({ facts: { partitions, unseen } }) => unseen.length === 0 && partitions.length > 0
  )
  return {
    begin: (what: string) => store.run(beginsScript, keys, [deployment.id, what]),
    isBehind: Effect.map(seen, ({ facts: { partitions } }) =>
      partitions.some(({ epoch, remembered }) => epoch < remembered)
    ),
    mend: store.run(mendPartitionScript, watchedKeysOf(store.prefix, 0), [deployment.id])
  }
})

const appending = (port: number, value: "yes" | "no") =>
  Effect.promise(async () => {
    await askRedis(port, ["CONFIG", "SET", "appendonly", value])
  })

describe("G47 store that lost recent writes", () => {
  for (const many of [0, 1, 20]) {
    it.live(`a process notices the loss of its write when another process began ${many} others first`, () =>
      Effect.gen(function* () {
        const redis = yield* redisServer(["--appendonly", "yes", "--appendfsync", "always"])
        const writer = yield* process(redis.url)
        const other = yield* process(redis.url)
        assert.deepStrictEqual([yield* writer.isBehind, yield* other.isBehind], [false, false])
        for (const what of ["kept", "kept too"]) assert.strictEqual(yield* writer.begin(what), what)
        yield* appending(redis.port, "no")
        for (const what of ["lost", "lost too"]) yield* writer.begin(what)
        yield* Effect.promise(redis.restart)
        assert.isFalse(yield* other.isBehind)
        for (let n = 0; n < many; n++)
          yield* becomes(Effect.result(other.begin(`new ${n}`)), ({ _tag }) => _tag === "Success")
        assert.isTrue(yield* writer.isBehind)
        assert.isTrue(yield* other.isBehind)
        yield* writer.mend
        assert.deepStrictEqual([yield* writer.isBehind, yield* other.isBehind], [false, false])
      })
    )
  }

  it.live("a store that restarts ten times with all writes is not suspected", () =>
    Effect.gen(function* () {
      const redis = yield* redisServer(["--appendonly", "yes", "--appendfsync", "always"])
      const one = yield* process(redis.url)
      const other = yield* process(redis.url)
      const both = [one, other]
      for (let round = 0; round < 10; round++) {
        for (const { begin, isBehind } of both) {
          assert.isFalse(yield* isBehind)
          yield* becomes(Effect.result(begin(`in ${round}`)), ({ _tag }) => _tag === "Success")
        }
        if (round % 3 < 2) yield* Effect.promise(redis.restart)
      }
    })
  )
})
