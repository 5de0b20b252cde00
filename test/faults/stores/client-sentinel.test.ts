import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as SubscriptionRef from "effect/SubscriptionRef"
import { askRedis } from "../../support/ask-redis.ts"
import { type RedisSentinel, redisSentinel } from "../../support/redis-sentinel.ts"
import { redisServer } from "../../support/redis-server.ts"
import { eventually, isDown, isUp, opened, said, until } from "../../layers/redis/opened.ts"
import { addsUp, incrementScript, incrementing } from "../../layers/redis/tally.ts"

const start = ({ name, nodes }: RedisSentinel, replicas: number) =>
  opened({ sentinel: { name, nodes }, replicas, commandTimeout: 300, replicaTimeout: 300 })

describe("store under Sentinel", () => {
  it.live("G7 a command after the loss of a primary runs once, on the next primary", () =>
    Effect.gen(function* () {
      const sentinel = yield* redisSentinel
      const store = yield* start(sentinel, 1)
      const unnamed = yield* Effect.flip(Effect.scoped(start({ ...sentinel, name: "another" }, 1)))
      assert.deepStrictEqual(said(unnamed), ["store_unavailable", "not_applied", true])
      assert.strictEqual(yield* store.run(incrementScript, ["k"], []), 1)
      assert.strictEqual(SubscriptionRef.getUnsafe(store.failovers), 0)
      yield* Effect.promise(() => sentinel.primary.stop("SIGKILL"))
      yield* until(store.status, isDown)
      const away = yield* Effect.flip(store.run(incrementScript, ["k"], []))
      assert.deepStrictEqual(said(away), ["store_unavailable", "not_applied", true])
      yield* until(store.failovers, (count) => count > 0)
      yield* until(store.status, isUp)
      const tally = yield* incrementing(store, "k", ({ done }) => done === 3)
      addsUp({ ...tally, done: tally.done + 1 }, tally.last)
      const [{ reply } = { reply: "" }] = yield* store.commandEach("INFO", "server")
      assert.notInclude(String(reply), `tcp_port:${sentinel.primary.port}\r`)
    })
  )

  it.live("G1 increments during the loss of a primary are neither lost after success nor run twice", () =>
    Effect.gen(function* () {
      const sentinel = yield* redisSentinel
      const store = yield* start(sentinel, 1)
      const keys = ["a", "b", "c", "d"]
      let moved = false
      const counting = yield* Effect.forkChild(
        Effect.forEach(
          keys,
          (key) => {
            let enough: number | undefined
            return incrementing(store, key, ({ done }) => {
              if (moved) enough ??= done + 5
              return enough !== undefined && done >= enough
            })
          },
          { concurrency: "unbounded" }
        )
      )
      yield* Effect.sleep("100 millis")
      yield* Effect.promise(() => sentinel.primary.stop("SIGKILL"))
      yield* until(store.failovers, (count) => count > 0)
      moved = true
      const tallies = yield* Fiber.join(counting)
      for (const tally of tallies) {
        assert.isAbove(tally.done, 5)
        addsUp(tally, tally.last)
      }
    })
  )

  it.live("G7 a silent primary is replaced by the one that the Sentinels name", () =>
    Effect.gen(function* () {
      const sentinel = yield* redisSentinel
      const store = yield* start(sentinel, 0)
      assert.strictEqual(yield* store.run(incrementScript, ["k"], []), 1)
      sentinel.primary.freeze()
      const silent = yield* Effect.flip(store.run(incrementScript, ["k"], []))
      assert.deepStrictEqual(said(silent), ["store_unavailable", "unknown", true])
      yield* until(store.failovers, (count) => count > 0)
      assert.strictEqual(yield* eventually(store.run(incrementScript, ["other"], [])), 1)
      const port = yield* Effect.promise(() => sentinel.primaryPort())
      assert.notStrictEqual(port, sentinel.primary.port)
      const [{ reply } = { reply: "" }] = yield* store.commandEach("INFO", "server")
      assert.include(String(reply), `tcp_port:${port}\r`)
      sentinel.primary.thaw()
      assert.strictEqual(yield* store.run(incrementScript, ["other"], []), 2)
    })
  )

  it.live("the start fails at once when no Sentinel answers", () =>
    Effect.gen(function* () {
      const unreachable = yield* Effect.flip(
        Effect.scoped(opened({ sentinel: { name: "main", nodes: ["127.0.0.1:9"] } }))
      )
      assert.deepStrictEqual(said(unreachable), ["store_unavailable", "not_applied", true])
      assert.match(unreachable.message, /^connect to the store at sentinel:main \(.+\): store_unavailable$/)
    })
  )
})

describe("primary that becomes a replica", () => {
  it.live("a primary that became a replica is left at its first rejected write, which had no effect", () =>
    Effect.gen(function* () {
      const first = yield* redisServer()
      const second = yield* redisServer()
      const store = yield* opened({ url: first.url })
      assert.strictEqual(yield* store.run(incrementScript, ["k"], []), 1)
      yield* Effect.promise(() => askRedis(first.port, ["REPLICAOF", "127.0.0.1", second.port]))
      const refused = yield* Effect.flip(store.run(incrementScript, ["k"], []))
      assert.deepStrictEqual(said(refused), ["store_unavailable", "not_applied", true])
      yield* until(store.status, isDown)
      yield* Effect.promise(() => askRedis(first.port, ["REPLICAOF", "NO", "ONE"]))
      yield* eventually(store.run(incrementScript, ["k"], []))
    })
  )

  it.live("G22 a restarted server counts as a failover, and a cut connection does not", () =>
    Effect.gen(function* () {
      const server = yield* redisServer()
      const store = yield* opened({ url: server.url })
      yield* Effect.promise(() => askRedis(server.port, ["CLIENT", "KILL", "TYPE", "normal"]))
      yield* until(store.status, isDown)
      yield* until(store.status, isUp)
      assert.strictEqual(SubscriptionRef.getUnsafe(store.failovers), 0)
      yield* Effect.promise(() => server.restart())
      yield* until(store.failovers, (count) => count > 0)
    })
  )
})
