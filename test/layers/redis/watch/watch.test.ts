import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { storeCheckNames } from "../../../../src/boot/store-registry.ts"
import { EventLog } from "../../../../src/inbound/event-log/event-log.ts"
import { askRedis, askUntil, replicasFollow } from "../../../support/ask-redis.ts"
import { redisServer } from "../../../support/redis-server.ts"
import { tcpProxy } from "../../../support/tcp-proxy.ts"
import { ownerOf, positions } from "../../../contracts/event-log/subject.ts"
import { becomes } from "../../../support/test-bed.ts"
import { durable, linesOf, watched } from "../watched.ts"

const ask = (port: number, ...command: readonly [string, ...ReadonlyArray<string | number>]) =>
  Effect.promise(() => askRedis(port, command))

const keyOf = (partition: number, what: string) => `comporta:{p${partition}}:${what}`

describe.concurrent("G45 store watch", () => {
  it.live("the watch reports nothing about a store that is as declared, and permits all work", () =>
    Effect.gen(function* () {
      const { url } = yield* redisServer(durable)
      const { admits, claims, checks, failing, log } = yield* watched({ url })
      assert.deepStrictEqual(yield* failing, [])
      assert.sameMembers(
        (yield* checks).map(({ name }) => name),
        storeCheckNames
      )
      assert.deepStrictEqual([yield* admits(), yield* claims], ["ok", "ok"])
      assert.deepStrictEqual(log.lines, [])
    })
  )

  for (const [name, setting, wrong, right] of [
    ["store.eviction", "maxmemory-policy", "volatile-ttl", "noeviction"],
    ["store.durability", "appendonly", "no", "yes"],
    ["store.durability", "appendfsync", "everysec", "always"]
  ] as const) {
    it.live(`the watch stops new work once ${setting} is ${wrong}, lets running work end, and recovers by itself`, () =>
      Effect.gen(function* () {
        const { port, url } = yield* redisServer(durable)
        const process = yield* watched({ url })
        assert.strictEqual(yield* process.admits(), "ok")
        yield* ask(port, "CONFIG", "SET", setting, wrong)
        yield* process.fails(name)
        assert.deepStrictEqual(yield* process.failing, [name])
        assert.deepStrictEqual(
          [yield* process.admits(), yield* process.claims],
          ["store_not_as_declared", "store_not_as_declared"]
        )
        yield* Effect.provideContext(
          Effect.gen(function* () {
            const owner = yield* ownerOf(0)
            const [position = 0] = yield* positions(0, "runtime")
            assert.strictEqual(yield* (yield* EventLog).acknowledge(owner, "runtime", position), "written")
          }),
          process.context
        )
        yield* ask(port, "CONFIG", "SET", setting, right)
        yield* process.passes(name)
        assert.deepStrictEqual([yield* process.admits(), yield* process.claims], ["ok", "ok"])
        assert.lengthOf(linesOf(process.log, "store.check_failed", name), 1)
      })
    )
  }

  it.live("the watch checks a new connection before any work begins on it", () =>
    Effect.gen(function* () {
      const { port } = yield* redisServer(durable)
      const proxy = yield* tcpProxy(port)
      const process = yield* watched({ url: `redis://127.0.0.1:${proxy.port}` })
      for (let round = 0; round < 5; round++) {
        proxy.cut()
        yield* ask(port, "CONFIG", "SET", "maxmemory-policy", "allkeys-lru")
        assert.include(["store_not_as_declared", "store_unchecked"], yield* process.admits())
        yield* ask(port, "CONFIG", "SET", "maxmemory-policy", "noeviction")
        yield* becomes(process.admits(), (code) => code === "ok")
      }
    })
  )

  it.live("the watch names the partitions whose stamp is gone, and permits admission to the others", () =>
    Effect.gen(function* () {
      const { port, url } = yield* redisServer(durable)
      const process = yield* watched({ url })
      yield* ask(port, "DEL", keyOf(1, "stamp"), keyOf(2, "stamp"), keyOf(3, "stamp"))
      yield* process.fails("store.stamp")
      const found = (yield* process.checks).find(({ name }) => name === "store.stamp")
      assert.include(found?.problem ?? "", "partitions 1 to 3")
      assert.deepStrictEqual([yield* process.admits(0), yield* process.admits(2)], ["ok", "store_unstamped"])
    })
  )

  it.live("the watch notices lost counters of a partition, and permits no admission there until a fence", () =>
    Effect.gen(function* () {
      const { port, url } = yield* redisServer(durable)
      const process = yield* watched({ url })
      for (let n = 0; n < 3; n++) assert.strictEqual(yield* process.admits(2), "ok")
      const used = yield* Effect.provideContext(positions(2, "runtime"), process.context)
      yield* ask(port, "DEL", keyOf(2, "counters"))
      yield* process.fails("store.consistent")
      const found = (yield* process.checks).find(({ name }) => name === "store.consistent")
      assert.include(found?.problem ?? "", "partition 2")
      assert.match(found?.remedy ?? "", /comporta store fence/)
      assert.deepStrictEqual([yield* process.admits(1), yield* process.admits(2)], ["ok", "store_damaged"])
      yield* process.admin.fence
      const next = yield* watched({ url })
      assert.deepStrictEqual(yield* next.failing, [])
      assert.strictEqual(yield* next.admits(2), "ok")
      const now = yield* Effect.provideContext(positions(2, "runtime"), next.context)
      assert.lengthOf(now, used.length + 1)
      assert.isAbove(now.at(-1) ?? 0, used.at(-1) ?? 0)
    })
  )

  it.live("G31 G46 the watch rejects only a partition whose unfinished write cannot be completed, until a fence", () =>
    Effect.gen(function* () {
      const { port, url } = yield* redisServer(durable)
      const process = yield* watched({ url })
      assert.strictEqual(yield* process.admits(1), "ok")
      const impossible =
        "redis.call('HSET', KEYS[1], 'unfinished', cmsgpack.pack({{'XADD', KEYS[2], '0-1', 'k', '', 'r', ''}}))"
      yield* ask(port, "EVAL", impossible, 2, keyOf(1, "stamp"), keyOf(1, "log"))
      yield* process.fails("store.writable")
      const next = yield* watched({ url })
      assert.deepStrictEqual(yield* next.failing, ["store.writable"])
      assert.deepStrictEqual([yield* next.admits(0), yield* next.admits(2)], ["ok", "ok"])
      assert.strictEqual(yield* next.admits(1), "store_unfinished")
      yield* next.admin.fence
      const last = yield* watched({ url })
      assert.deepStrictEqual(yield* last.failing, [])
      assert.deepStrictEqual([yield* last.admits(0), yield* last.admits(1)], ["ok", "ok"])
    })
  )

  for (const key of ["log", "counters"]) {
    it.live(`the watch notices a lost ${key} of a partition although every event is delivered`, () =>
      Effect.gen(function* () {
        const { port, url } = yield* redisServer(durable)
        const process = yield* watched({ url })
        assert.strictEqual(yield* process.admits(0), "ok")
        yield* Effect.provideContext(
          Effect.gen(function* () {
            const owner = yield* ownerOf(0)
            const [position = 0] = yield* positions(0, "runtime")
            yield* (yield* EventLog).acknowledge(owner, "runtime", position)
          }),
          process.context
        )
        yield* ask(port, "DEL", keyOf(0, key))
        yield* process.fails("store.consistent")
        assert.strictEqual(yield* process.admits(0), "store_damaged")
      })
    )
  }

  it.live("the watch logs once that the store is away while it is a replica, and once that it is back", () =>
    Effect.gen(function* () {
      const { port, url } = yield* redisServer(durable)
      const process = yield* watched({ url })
      const loaded = async () =>
        Number(/script\|load:calls=(\d+)/.exec(String((await askRedis(port, ["INFO", "commandstats"]))[0]))?.[1] ?? 0)
      yield* ask(port, "REPLICAOF", "127.0.0.1", "9")
      yield* process.log.waitFor("store.away")
      const before = yield* Effect.promise(loaded)
      yield* Effect.promise(() => askUntil("it has come again and again", async () => (await loaded()) > before + 20))
      assert.isNotEmpty(yield* process.failing)
      assert.lengthOf(process.log.of("store.away"), 1)
      assert.lengthOf(process.log.of("store.back"), 0)
      yield* ask(port, "REPLICAOF", "NO", "ONE")
      yield* process.log.waitFor("store.back")
      assert.deepStrictEqual(yield* process.failing, [])
      assert.strictEqual(yield* process.admits(), "ok")
      assert.lengthOf(process.log.of("store.away"), 1)
      assert.lengthOf(process.log.of("store.check_failed"), process.log.of("store.check_passed").length)
    })
  )
})

describe.concurrent("G45 store watch with replicas", () => {
  const follower = (port: number, ...more: ReadonlyArray<string>) =>
    redisServer([...durable, "--replicaof", `127.0.0.1 ${port}`, ...more])

  const led = Effect.gen(function* () {
    const quick = ["--repl-diskless-sync-delay", "0", "--repl-ping-replica-period", "1"]
    const primary = yield* redisServer([...durable, ...quick])
    const replica = yield* follower(primary.port)
    yield* Effect.promise(() => replicasFollow(primary.port, 1))
    const at = { _tag: "Sentinel", name: "main", nodes: ["127.0.0.1:9"] } as const
    return { primary, replica, process: yield* watched({ url: primary.url, replicas: 1 }, { at }) }
  })

  it.live("G1 the watch stops new work while more replicas follow than are declared", () =>
    Effect.gen(function* () {
      const { primary, process } = yield* led
      assert.deepStrictEqual([yield* process.admits(), yield* process.claims], ["ok", "ok"])
      const another = yield* follower(primary.port)
      yield* process.fails("store.replicas")
      const found = (yield* process.checks).find(({ name }) => name === "store.replicas")
      assert.match(found?.problem ?? "", /2 replicas can be promoted, and only 1 must acknowledge/)
      assert.deepStrictEqual(
        [yield* process.admits(), yield* process.claims],
        ["store_not_as_declared", "store_not_as_declared"]
      )
      yield* Effect.promise(() => another.stop("SIGKILL"))
      yield* process.passes("store.replicas")
      assert.deepStrictEqual([yield* process.admits(), yield* process.claims], ["ok", "ok"])
    })
  )

  it.live("G1 the watch stops new work at once while too few replicas follow", () =>
    Effect.gen(function* () {
      const { replica, process } = yield* led
      yield* Effect.promise(() => replica.stop("SIGKILL"))
      yield* process.fails("store.replicas")
      assert.deepStrictEqual(
        [yield* process.admits(), yield* process.claims],
        ["store_not_as_declared", "store_not_as_declared"]
      )
      yield* process.fails("store.writable")
      yield* Effect.promise(replica.restart)
      yield* process.passes("store.replicas")
      yield* process.log.waitFor("store.back")
      assert.deepStrictEqual([yield* process.admits(), yield* process.claims], ["ok", "ok"])
    })
  )

  it.live("the watch checks replicas too, and names the one that evicts", () =>
    Effect.gen(function* () {
      const { primary, replica, process } = yield* led
      yield* ask(replica.port, "CONFIG", "SET", "maxmemory-policy", "allkeys-lru")
      yield* ask(primary.port, "CLIENT", "KILL", "TYPE", "normal")
      yield* process.fails("store.eviction")
      const found = (yield* process.checks).find(({ name }) => name === "store.eviction")
      assert.include(found?.problem ?? "", `127.0.0.1:${replica.port}, replica of 127.0.0.1:${primary.port}`)
      assert.strictEqual(yield* process.admits(), "store_not_as_declared")
      yield* ask(replica.port, "CONFIG", "SET", "maxmemory-policy", "noeviction")
      yield* becomes(process.failing, (names) => names.length === 0)
      assert.strictEqual(yield* process.admits(), "ok")
    })
  )
})

describe.concurrent("G47 store that went back in time", () => {
  /** A server that keeps what `SAVE` wrote, and nothing that came later. */
  const forgetful = Effect.gen(function* () {
    const server = yield* redisServer(durable)
    const save = Effect.promise(() => askRedis(server.port, ["BGREWRITEAOF"]))
    return { server, save }
  })

  it.live("the watch notices an older epoch before work begins, also in a later process, until a fence", () =>
    Effect.gen(function* () {
      const { server } = yield* forgetful
      const one = yield* watched({ url: server.url })
      const before = yield* Effect.promise(() => askRedis(server.port, ["DUMP", keyOf(1, "epoch")]))
      assert.isDefined(before)
      yield* ask(server.port, "HINCRBY", keyOf(1, "epoch"), "epoch", -100)
      yield* one.fails("store.epoch")
      const found = (yield* one.checks).find(({ name }) => name === "store.epoch")
      assert.include(found?.problem ?? "", "partition 1")
      assert.deepStrictEqual([yield* one.admits(0), yield* one.admits(1)], ["store_went_back", "store_went_back"])
      const two = yield* watched({ url: server.url })
      assert.deepStrictEqual(yield* two.failing, ["store.epoch"])
      assert.strictEqual(yield* two.admits(1), "store_went_back")
      yield* two.admin.fence
      const three = yield* watched({ url: server.url })
      assert.deepStrictEqual(yield* three.failing, [])
      assert.strictEqual(yield* three.admits(1), "ok")
    })
  )
})
