import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { type AnyOptions, defineScript } from "../../../layers/redis/client.ts"
import { askRedis, infoSays, replicasFollow } from "../../support/ask-redis.ts"
import { redisServer } from "../../support/redis-server.ts"
import { tcpProxy } from "../../support/tcp-proxy.ts"
import { eventually, opened, said } from "./opened.ts"

const incrementScript = defineScript("increment", `return redis.call('INCR', KEYS[1])`)
const seenScript = defineScript("seen", `#!lua\nreturn redis.call('EXISTS', KEYS[1])`)
const lookScript = defineScript("look", `#!lua flags=no-writes\nreturn redis.call('GET', KEYS[1])`)

const notReplicated = ["store_not_replicated", "unknown", true]
const notKnown = ["store_unavailable", "unknown", true]
const notSent = ["store_unavailable", "not_applied", true]

const quick = ["--repl-diskless-sync-delay", "0", "--repl-ping-replica-period", "1"]

/** A primary, and replicas that have caught up with it. */
const replicated = Effect.fnUntraced(function* (count: number) {
  const primary = yield* redisServer(quick)
  const replicas = yield* Effect.forEach(
    Array.from({ length: count }),
    () => redisServer([...quick, "--replicaof", `127.0.0.1 ${primary.port}`]),
    { concurrency: "unbounded" }
  )
  yield* Effect.promise(() => Promise.all(replicas.map(({ port }) => infoSays(port, /master_link_status:up/))))
  yield* Effect.promise(() => replicasFollow(primary.port, count))
  return { primary, replicas }
})

/** How many commands a replica took from its primary. */
const taken = (port: number) =>
  Effect.promise(async () => {
    const [info] = await askRedis(port, ["INFO", "commandstats"])
    return [...String(info).matchAll(/cmdstat_(?:set|del|pexpireat|persist):calls=(\d+)/g)].reduce(
      (sum, [, calls]) => sum + Number(calls),
      0
    )
  })

const start = (port: number, more: Partial<AnyOptions> = {}) =>
  opened({ url: `redis://127.0.0.1:${port}`, replicas: 2, replicaTimeout: 150, ...more })

const send = <A, E>(effect: Effect.Effect<A, E>) => Effect.forkChild(Effect.flip(effect), { startImmediately: true })

describe("store with acknowledging replicas", () => {
  it.live("G1 a write counts once all replicas have it, and is unknown while one is missing", () =>
    Effect.gen(function* () {
      const { primary, replicas } = yield* replicated(2)
      const { run } = yield* start(primary.port)
      assert.strictEqual(yield* run(incrementScript, ["k"], []), 1)
      for (const { url } of replicas) {
        const replica = yield* opened({ url })
        assert.strictEqual(yield* replica.command("GET", "k"), "1")
      }
      replicas[0]?.freeze()
      const failure = yield* Effect.flip(run(incrementScript, ["k"], []))
      assert.deepStrictEqual(said(failure), notReplicated)
      assert.strictEqual(yield* run(lookScript, ["k"], []), "2")
      replicas[0]?.thaw()
      assert.strictEqual(yield* run(incrementScript, ["k"], []), 3)
    })
  )

  it.live("G1 a write needs the configured number of replicas, not the connected number", () =>
    Effect.gen(function* () {
      const { primary } = yield* replicated(1)
      const { run } = yield* start(primary.port)
      assert.deepStrictEqual(said(yield* Effect.flip(run(incrementScript, ["k"], []))), notReplicated)
      const enough = yield* start(primary.port, { replicas: 1 })
      assert.strictEqual(yield* enough.run(incrementScript, ["k"], []), 2)
    })
  )

  it.live("G3 a read of a script counts only once replicas have acknowledged it like a write", () =>
    Effect.gen(function* () {
      const { primary, replicas } = yield* replicated(2)
      const store = yield* start(primary.port)
      const another = yield* start(primary.port, { replicas: 0 })
      assert.strictEqual(yield* store.run(seenScript, ["{p1}:k"], []), 0)
      replicas[1]?.freeze()
      assert.strictEqual(yield* another.run(incrementScript, ["{p1}:k"], []), 1)
      assert.deepStrictEqual(said(yield* Effect.flip(store.run(seenScript, ["{p1}:k"], []))), notReplicated)
      replicas[1]?.thaw()
      assert.strictEqual(yield* store.run(seenScript, ["{p1}:k"], []), 1)
    })
  )

  it.live("G3 a script that wrote nothing is followed by a write that changes nothing", () =>
    Effect.gen(function* () {
      const { primary, replicas } = yield* replicated(2)
      const store = yield* start(primary.port)
      yield* store.command("SET", "kept", "1")
      yield* store.command("SET", "passing", "1", "PXAT", 4_000_000_000_123)
      for (const key of ["kept", "passing", "absent"]) {
        const before = yield* Effect.forEach(replicas, ({ port }) => taken(port))
        assert.strictEqual(yield* store.run(seenScript, [key], []), key === "absent" ? 0 : 1)
        const after = yield* Effect.forEach(replicas, ({ port }) => taken(port))
        after.forEach((count, at) => assert.isAbove(count, before[at] ?? Number.NaN))
      }
      for (const { url } of replicas) {
        const replica = yield* opened({ url })
        assert.sameMembers([yield* replica.command("KEYS", "*")].flat(), ["kept", "passing"])
        assert.strictEqual(yield* replica.command("PEXPIRETIME", "kept"), -1)
        assert.strictEqual(yield* replica.command("PEXPIRETIME", "passing"), 4_000_000_000_123)
      }
    })
  )

  it.live("G3 a script that may write to a full store is acknowledged there, and any other is rejected at once", () =>
    Effect.gen(function* () {
      const { primary } = yield* replicated(2)
      const store = yield* start(primary.port)
      yield* store.command("CONFIG", "SET", "maxmemory", 1)
      assert.strictEqual(yield* store.run(defineScript("drain", `#!lua flags=allow-oom\nreturn 7`), ["k"], []), 7)
      const failure = yield* Effect.flip(store.run(seenScript, ["k"], []))
      assert.deepStrictEqual(said(failure), ["store_full", "not_applied", true])
    })
  )

  it.live("a read-only script does not wait for replicas", () =>
    Effect.gen(function* () {
      const { primary } = yield* replicated(0)
      const { run, command } = yield* start(primary.port)
      assert.isNull(yield* run(lookScript, ["k"], []))
      assert.deepStrictEqual(yield* command("KEYS", "*"), [])
    })
  )

  it.live("scripts that wait together share one acknowledgement, each with its own result", () =>
    Effect.gen(function* () {
      const { primary } = yield* replicated(2)
      const { run, commandEach } = yield* start(primary.port)
      yield* run(incrementScript, ["k"], [])
      yield* commandEach("CONFIG", "RESETSTAT")
      const broken = defineScript("broken", `return redis.error_reply('STAMP another')`)
      const turns = Array.from({ length: 60 }, (_, turn) =>
        turn % 3 === 0 ? Effect.flip(run(broken, ["k"], [])) : run(incrementScript, ["k"], [])
      )
      const answers = yield* Effect.all(turns, { concurrency: "unbounded" })
      assert.deepStrictEqual(
        answers.filter((answer) => typeof answer === "number"),
        Array.from({ length: 40 }, (_, turn) => turn + 2)
      )
      assert.lengthOf(
        answers.filter((answer) => typeof answer === "object"),
        20
      )
      const [stats] = yield* commandEach("INFO", "commandstats")
      const waits = /cmdstat_wait:calls=(\d+)/.exec(String(stats?.reply))?.[1]
      assert.isBelow(Number(waits), 10)
    })
  )

  it.live("G2 a script whose connection breaks before its reply is unknown and not sent again", () =>
    Effect.gen(function* () {
      const { primary } = yield* replicated(2)
      const proxy = yield* tcpProxy(primary.port)
      const store = yield* start(proxy.port)
      assert.strictEqual(yield* store.run(incrementScript, ["k"], []), 1)
      proxy.swallow(true)
      const given = proxy.given("WAIT")
      const sent = yield* send(store.run(incrementScript, ["k"], []))
      yield* Effect.promise(() => given)
      yield* Effect.promise(() => infoSays(primary.port, /cmdstat_incr:calls=2/))
      proxy.cut()
      assert.deepStrictEqual(said(yield* Fiber.join(sent)), notKnown)
      proxy.swallow(false)
      assert.strictEqual(yield* eventually(store.run(incrementScript, ["k"], [])), 3)
    })
  )

  it.live("G2 a reply without acknowledgement does not count after a break, and held scripts are not sent", () =>
    Effect.gen(function* () {
      const { primary, replicas } = yield* replicated(2)
      const proxy = yield* tcpProxy(primary.port)
      const store = yield* start(proxy.port, { replicaTimeout: 60_000 })
      assert.strictEqual(yield* store.run(incrementScript, ["k"], []), 1)
      replicas[0]?.freeze()
      const answered = proxy.answered(":2\r\n")
      const sent = yield* send(store.run(incrementScript, ["k"], []))
      yield* Effect.promise(() => answered)
      const held = yield* Effect.forEach([1, 2, 3], () => send(store.run(incrementScript, ["k"], [])))
      const left = yield* Effect.forkChild(store.run(incrementScript, ["k"], []), { startImmediately: true })
      yield* Effect.promise(() => answered)
      yield* Fiber.interrupt(left)
      proxy.cut()
      assert.deepStrictEqual(said(yield* Fiber.join(sent)), notReplicated)
      for (const one of held) assert.deepStrictEqual(said(yield* Fiber.join(one)), notSent)
      replicas[0]?.thaw()
      assert.strictEqual(yield* eventually(store.run(incrementScript, ["k"], [])), 3)
    })
  )

  it.live("a script whose caller was interrupted while it was held back never runs", () =>
    Effect.gen(function* () {
      const { primary, replicas } = yield* replicated(2)
      const { run } = yield* start(primary.port, { replicaTimeout: 400 })
      yield* run(incrementScript, ["k"], [])
      replicas[0]?.freeze()
      yield* Effect.sleep(0)
      const first = yield* send(run(incrementScript, ["k"], []))
      const second = yield* Effect.forkChild(run(incrementScript, ["k"], []), { startImmediately: true })
      yield* Fiber.interrupt(second)
      replicas[0]?.thaw()
      yield* Fiber.await(first)
      assert.strictEqual(yield* run(incrementScript, ["k"], []), 3)
    })
  )
})

describe("G7 cut connection", () => {
  it.live("a command written before the connection was cut is unknown, and is not sent again", () =>
    Effect.gen(function* () {
      const { port } = yield* redisServer()
      const proxy = yield* tcpProxy(port)
      const store = yield* opened({ url: `redis://127.0.0.1:${proxy.port}` })
      yield* store.run(incrementScript, ["k"], [])
      proxy.swallow(true)
      const given = proxy.given(incrementScript.sha)
      const sent = yield* send(store.run(incrementScript, ["k"], []))
      yield* Effect.promise(() => given)
      proxy.cut()
      assert.deepStrictEqual(said(yield* Fiber.join(sent)), notKnown)
      proxy.swallow(false)
      assert.strictEqual(yield* eventually(store.run(incrementScript, ["k"], [])), 3)
    })
  )
})
