import { randomUUID } from "node:crypto"
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as SubscriptionRef from "effect/SubscriptionRef"
import { inject } from "vitest"
import { type AnyOptions, defineScript } from "../../../layers/redis/client.ts"
import { startRedisCluster } from "../../support/redis-cluster.ts"
import { startRedisSentinel } from "../../support/redis-sentinel.ts"
import { opened, said } from "./opened.ts"

const echoScript = defineScript("echo", `return {KEYS[1], ARGV[1]}`)
const incrementScript = defineScript("increment", `return redis.call('INCR', KEYS[1])`)
const readScript = defineScript("read", `#!lua flags=no-writes\nreturn redis.call('GET', KEYS[1])`)
const bothScript = defineScript("both", `return redis.call('MSET', KEYS[1], 'x', KEYS[2], 'y')`)
const unstampedScript = defineScript("unstamped", `return redis.error_reply('STAMP this is another store')`)
const brokenScript = defineScript("broken", `redis.call('SET', KEYS[1], 'x') return redis.call('LPUSH', KEYS[1], 'x')`)

const kinds: ReadonlyArray<
  readonly [kind: string, start: () => Promise<{ readonly options: AnyOptions; readonly stop: () => Promise<void> }>]
> = [
  ["one server", async () => ({ options: { url: inject("redisUrl") }, stop: async () => undefined })],
  [
    "Sentinel",
    async () => {
      const { name, nodes, dispose } = await startRedisSentinel()
      return { options: { sentinel: { name, nodes } }, stop: dispose }
    }
  ],
  [
    "Sentinel, with two replicas that acknowledge",
    async () => {
      const { name, nodes, dispose } = await startRedisSentinel()
      return { options: { sentinel: { name, nodes }, replicas: 2 }, stop: dispose }
    }
  ],
  [
    "a cluster",
    async () => {
      const { urls, dispose } = await startRedisCluster()
      return { options: { cluster: urls }, stop: dispose }
    }
  ],
  [
    "a cluster, with a replica each that acknowledges",
    async () => {
      const { urls, dispose } = await startRedisCluster(1)
      return { options: { cluster: urls.slice(0, 1), replicas: 1 }, stop: dispose }
    }
  ]
]

describe.each(kinds)("store over %s", (_, start) => {
  let options: AnyOptions = { url: "redis://127.0.0.1:9" }
  let stop = async (): Promise<void> => undefined
  beforeAll(async () => {
    const started = await start()
    options = started.options
    stop = started.stop
  })
  afterAll(() => stop())
  const store = Effect.suspend(() => opened({ ...options, prefix: `test-${randomUUID()}` }))

  it.effect("the store runs scripts that a server has never seen or has forgotten, wherever their keys are", () =>
    Effect.gen(function* () {
      const { prefix, run, commandEach, status } = yield* store
      assert.strictEqual(SubscriptionRef.getUnsafe(status), "up")
      const keys = Array.from({ length: 16 }, (_, partition) => `${prefix}:{p${partition}}:a`)
      for (const key of keys) assert.deepStrictEqual(yield* run(echoScript, [key], ["b"]), [key, "b"])
      yield* commandEach("SCRIPT", "FLUSH")
      for (const key of keys) assert.strictEqual(yield* run(incrementScript, [key], []), 1)
      const again = yield* Effect.forEach(keys, (key) => run(incrementScript, [key], []), { concurrency: "unbounded" })
      assert.deepStrictEqual(new Set(again), new Set([2]))
    })
  )

  it.effect("the store sends a command to the server of its key, and one without key to any server", () =>
    Effect.gen(function* () {
      const { prefix, command, commandEach } = yield* store
      for (const partition of [0, 1, 2, 3, 4, 5]) {
        const key = `${prefix}:{p${partition}}:h`
        assert.strictEqual(yield* command("HSET", key, "a", 1, "b", partition), 2)
        assert.deepStrictEqual(yield* command("HGETALL", key), ["a", "1", "b", String(partition)])
      }
      assert.strictEqual(yield* command("PING"), "PONG")
      const each = yield* commandEach("DBSIZE")
      assert.lengthOf(each, "cluster" in options ? 3 : 1)
      assert.strictEqual(new Set(each.map(({ primary }) => primary)).size, each.length)
    })
  )

  it.effect("the store reads its own writes, in the order of the calls", () =>
    Effect.gen(function* () {
      const { prefix, run } = yield* store
      const key = `${prefix}:{p7}:n`
      const turns = Array.from(
        { length: 50 },
        () => [run(incrementScript, [key], []), run(readScript, [key], [])] as const
      )
      for (const [write, look] of turns) assert.strictEqual(String(yield* write), yield* look)
      const together = yield* Effect.forEach(turns, ([write]) => write, { concurrency: "unbounded" })
      assert.deepStrictEqual(
        together,
        turns.map((_, turn) => 51 + turn)
      )
    })
  )

  it.effect("the store returns whether a rejected or broken script was applied", () =>
    Effect.gen(function* () {
      const { prefix, run } = yield* store
      const refused = yield* Effect.flip(run(unstampedScript, [`${prefix}:{p1}:s`], []))
      assert.deepStrictEqual(said(refused), ["store_unstamped", "not_applied", false])
      const failed = yield* Effect.flip(run(brokenScript, [`${prefix}:{p1}:b`], []))
      assert.deepStrictEqual(said(failed), ["store_error", "unknown", false])
    })
  )

  it.effect("G5 keys of two slots are rejected in a cluster before anything runs", () =>
    Effect.gen(function* () {
      const { prefix, run, command } = yield* store
      const keys = [`${prefix}:{p1}:x`, `${prefix}:{p2}:y`]
      if (!("cluster" in options)) return
      const failure = yield* Effect.flip(run(bothScript, keys, []))
      assert.deepStrictEqual([failure.operation, ...said(failure)], ["both", "store_unavailable", "not_applied", true])
      for (const key of keys) assert.isNull(yield* command("GET", key))
    })
  )
})
