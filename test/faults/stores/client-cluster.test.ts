import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as SubscriptionRef from "effect/SubscriptionRef"
import { defineScript } from "../../../layers/redis/client.ts"
import { askRedis, askUntil } from "../../support/ask-redis.ts"
import { type RedisCluster, redisCluster, startRedisCluster } from "../../support/redis-cluster.ts"
import { redisServer } from "../../support/redis-server.ts"
import { eventually, isDown, isUp, opened, said, until } from "../../layers/redis/opened.ts"
import { addsUp, incrementScript, incrementing } from "../../layers/redis/tally.ts"

const bothScript = defineScript("both", `return {redis.call('INCR', KEYS[1]), redis.call('INCR', KEYS[2])}`)

const notBegun = ["store_unavailable", "not_applied", true]

type Node = RedisCluster["primaries"][number]

/** The slot of a tag, and the primaries that give it and take it. */
const moving = async ({ primaries }: RedisCluster, tag: string) => {
  const [first] = primaries
  const [slot] = await askRedis(first?.port ?? 0, ["CLUSTER", "KEYSLOT", tag])
  const at = Number(slot) <= 5_460 ? 0 : Number(slot) <= 10_922 ? 1 : 2
  const [from, to] = [primaries[at], primaries[(at + 1) % 3]]
  if (from === undefined || to === undefined) throw new Error("three primaries")
  return { slot: Number(slot), from, to }
}

type Move = Awaited<ReturnType<typeof moving>>

const begin = async ({ slot, from, to }: Move) => {
  await askRedis(to.port, ["CLUSTER", "SETSLOT", slot, "IMPORTING", from.id])
  await askRedis(from.port, ["CLUSTER", "SETSLOT", slot, "MIGRATING", to.id])
}

const carry = ({ from, to }: Move, key: string) => askRedis(from.port, ["MIGRATE", "127.0.0.1", to.port, key, 0, 2_000])

const end = async ({ slot, to, from }: Move, others: ReadonlyArray<Node> = []) => {
  for (const { port } of [to, from, ...others]) await askRedis(port, ["CLUSTER", "SETSLOT", slot, "NODE", to.id])
}

describe("cluster with moving slots", () => {
  let cluster: RedisCluster | undefined
  beforeAll(async () => {
    cluster = await startRedisCluster()
  })
  afterAll(() => cluster?.dispose())
  const here = Effect.suspend(() => (cluster === undefined ? Effect.die("no cluster") : Effect.succeed(cluster)))
  const start = Effect.flatMap(here, ({ urls }) => opened({ cluster: urls }))
  const move = (tag: string) => Effect.flatMap(here, (one) => Effect.promise(() => moving(one, tag)))

  it.live("G5 a command for a moved slot follows it once, and counts as no failover", () =>
    Effect.gen(function* () {
      const store = yield* start
      const one = yield* move("moved")
      assert.strictEqual(yield* store.run(incrementScript, ["{moved}:k"], []), 1)
      yield* Effect.promise(() => begin(one))
      yield* Effect.promise(() => carry(one, "{moved}:k"))
      yield* Effect.promise(() => end(one))
      assert.strictEqual(yield* store.run(incrementScript, ["{moved}:k"], []), 2)
      assert.strictEqual(yield* store.command("GET", "{moved}:k"), "2")
      assert.strictEqual(SubscriptionRef.getUnsafe(store.failovers), 0)
    })
  )

  it.live("G5 a command for a slot in migration goes to the node that imports it", () =>
    Effect.gen(function* () {
      const store = yield* start
      const one = yield* move("moving")
      assert.strictEqual(yield* store.run(incrementScript, ["{moving}:here"], []), 1)
      yield* Effect.promise(() => begin(one))
      assert.strictEqual(yield* store.run(incrementScript, ["{moving}:here"], []), 2)
      assert.strictEqual(yield* store.run(incrementScript, ["{moving}:there"], []), 1)
      assert.strictEqual(yield* store.command("INCR", "{moving}:there"), 2)
      yield* Effect.promise(() => carry(one, "{moving}:here"))
      assert.strictEqual(yield* store.run(incrementScript, ["{moving}:here"], []), 3)
      yield* Effect.promise(() => end(one))
      assert.strictEqual(yield* store.run(incrementScript, ["{moving}:here"], []), 4)
      assert.strictEqual(yield* store.run(incrementScript, ["{moving}:there"], []), 3)
    })
  )

  it.live("G5 keys separated by a migration permit no script, until they are together", () =>
    Effect.gen(function* () {
      const store = yield* start
      const one = yield* move("apart")
      const keys = ["{apart}:a", "{apart}:b"]
      assert.deepStrictEqual(yield* store.run(bothScript, keys, []), [1, 1])
      yield* Effect.promise(() => begin(one))
      yield* Effect.promise(() => carry(one, "{apart}:a"))
      assert.deepStrictEqual(said(yield* Effect.flip(store.run(bothScript, keys, []))), notBegun)
      const waiting = yield* Effect.forkChild(store.run(bothScript, keys, []), { startImmediately: true })
      yield* Effect.promise(() => carry(one, "{apart}:b"))
      yield* Effect.promise(() => end(one))
      assert.deepStrictEqual(yield* Fiber.join(waiting), [2, 2])
    })
  )
})

describe("cluster with acknowledging replicas", () => {
  it.live("a batch is acknowledged although the slot of one of its scripts has moved", () =>
    Effect.gen(function* () {
      const cluster = yield* redisCluster(1)
      const store = yield* opened({ cluster: cluster.urls, replicas: 1 })
      const one = yield* Effect.promise(() => moving(cluster, "moved"))
      const tags = yield* Effect.filter(
        Array.from({ length: 12 }, (_, n) => `beside-${n}`),
        (tag) => Effect.promise(async () => (await moving(cluster, tag)).from.port === one.from.port)
      )
      const [first = "", beside = ""] = tags
      for (const tag of [first, beside]) assert.strictEqual(yield* store.run(incrementScript, [`{${tag}}:k`], []), 1)
      yield* Effect.promise(() => begin(one))
      yield* Effect.promise(() => end(one))
      const together = yield* Effect.all(
        [first, beside, "moved"].map((tag) => Effect.result(store.run(incrementScript, [`{${tag}}:k`], []))),
        { concurrency: "unbounded" }
      )
      assert.deepStrictEqual(
        together.map((result) => (result._tag === "Success" ? result.success : said(result.failure))),
        [2, 2, 1]
      )
    })
  )
})

describe("cluster with lost primaries", () => {
  it.live("G7 a missing primary lets no command begin, and the others continue when it is back", () =>
    Effect.gen(function* () {
      const cluster = yield* redisCluster()
      const store = yield* opened({ cluster: cluster.urls.slice(0, 1) })
      const { from } = yield* Effect.promise(() => moving(cluster, "p1"))
      assert.strictEqual(yield* store.run(incrementScript, ["{p1}:k"], []), 1)
      const others = cluster.primaries.filter(({ port }) => port !== from.port)
      yield* Effect.promise(() => from.stop("SIGKILL"))
      yield* until(store.status, isDown)
      assert.deepStrictEqual(said(yield* Effect.flip(store.run(incrementScript, ["{p1}:k"], []))), notBegun)
      yield* Effect.promise(() =>
        askUntil("the others see it", async () => {
          const infos = await Promise.all(others.map(({ port }) => askRedis(port, ["CLUSTER", "INFO"])))
          return infos.every(([info]) => /cluster_state:fail/.test(String(info)))
        })
      )
      for (const tag of ["p0", "p1", "p2", "p3"]) {
        assert.deepStrictEqual(said(yield* Effect.flip(store.run(incrementScript, [`{${tag}}:n`], []))), notBegun)
      }
      yield* Effect.promise(() => from.restart())
      yield* until(store.failovers, (count) => count > 0)
      yield* until(store.status, isUp)
      for (const tag of ["p0", "p1", "p2", "p3"]) {
        assert.strictEqual(yield* eventually(store.run(incrementScript, [`{${tag}}:n`], [])), 1)
      }
    })
  )

  it.live("G7 a promoted replica has the scripts, and runs no command twice", () =>
    Effect.gen(function* () {
      const cluster = yield* redisCluster(1)
      const store = yield* opened({ cluster: cluster.urls, commandTimeout: 500 })
      const { from, slot } = yield* Effect.promise(() => moving(cluster, "p1"))
      let moved = false
      const counting = yield* Effect.forkChild(
        incrementing(store, "{p1}:k", ({ last, notApplied }) => moved && notApplied > 0 && last > 0),
        { startImmediately: true }
      )
      yield* Effect.sleep("100 millis")
      const [next] = cluster.replicas[cluster.primaries.indexOf(from)] ?? []
      yield* Effect.promise(() => from.stop("SIGKILL"))
      yield* until(store.failovers, (count) => count > 0)
      yield* until(store.status, isUp)
      const witness = cluster.primaries.find(({ port }) => port !== from.port)
      if (next === undefined || witness === undefined) return yield* Effect.die("a replica each")
      yield* Effect.promise(() =>
        askUntil("the witness hears of the new owner", async () => (await cluster.ownerOf(slot, witness)) === next.port)
      )
      const [known] = yield* Effect.promise(() => askRedis(next.port, ["SCRIPT", "EXISTS", incrementScript.sha]))
      assert.deepStrictEqual(known, [1])
      moved = true
      const tally = yield* Fiber.join(counting)
      const more = yield* incrementing(store, "{p1}:k", ({ done }) => done === 5)
      assert.deepStrictEqual([more.unknown, more.notApplied], [0, 0])
      assert.isAtMost(more.last, tally.done + tally.unknown + 5)
      addsUp(more, more.last - tally.last)
    })
  )

  it.live("a silent primary leaves its commands unknown, and the client follows the promoted replica", () =>
    Effect.gen(function* () {
      const cluster = yield* redisCluster(1)
      const store = yield* opened({ cluster: cluster.urls, commandTimeout: 300 })
      const { from } = yield* Effect.promise(() => moving(cluster, "p1"))
      assert.strictEqual(yield* store.run(incrementScript, ["{p1}:k"], []), 1)
      from.freeze()
      const silent = yield* Effect.flip(store.run(incrementScript, ["{p1}:k"], []))
      assert.deepStrictEqual(said(silent), ["store_unavailable", "unknown", true])
      yield* until(store.failovers, (count) => count > 0)
      yield* eventually(store.run(incrementScript, ["{p1}:other"], []))
      from.thaw()
      yield* store.run(incrementScript, ["{p1}:other"], [])
    })
  )
})

describe("start over a cluster", () => {
  it.effect("the start fails at once when no node answers, or when the server is no cluster", () =>
    Effect.gen(function* () {
      const unreachable = yield* Effect.flip(Effect.scoped(opened({ cluster: ["redis://127.0.0.1:9"] })))
      assert.strictEqual(unreachable.message, "connect to the store at 127.0.0.1:9 (ECONNREFUSED): store_unavailable")
      const { url, port } = yield* redisServer()
      const alone = yield* Effect.flip(Effect.scoped(opened({ cluster: [url] })))
      assert.strictEqual(alone.message, `connect to the store at 127.0.0.1:${port} (no cluster): store_unavailable`)
    })
  )
})
