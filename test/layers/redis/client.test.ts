import { assert, describe, it } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Schedule from "effect/Schedule"
import * as Stream from "effect/Stream"
import * as SubscriptionRef from "effect/SubscriptionRef"
import { defineScript, layer, type Options, RedisStore } from "../../../layers/redis/client.ts"
import { freshStore } from "../../support/fresh-store.ts"
import { redisServer } from "../../support/redis-server.ts"

const echoScript = defineScript("echo", `return {KEYS[1], ARGV[1]}`)
const givenScript = defineScript("given", `return {table.concat(KEYS, ' '), unpack(ARGV)}`)
const incrementScript = defineScript("increment", `return redis.call('INCR', KEYS[1])`)
const fillScript = defineScript("fill", `#!lua\nreturn redis.call('SET', KEYS[1], 'x')`)
const drainScript = defineScript("drain", `#!lua flags=allow-oom\nreturn redis.call('SET', KEYS[1], 'x')`)
const unstampedScript = defineScript("unstamped", `return redis.error_reply('STAMP this is another store')`)
const brokenScript = defineScript("broken", `redis.call('SET', KEYS[1], 'x') return redis.call('LPUSH', KEYS[1], 'x')`)

const storeOf = (options: Options) =>
  Effect.map(Layer.build(layer(options)), (context) => Context.get(context, RedisStore))

const until = (store: RedisStore["Service"], status: "up" | "down") =>
  SubscriptionRef.changes(store.status).pipe(
    Stream.filter((now) => now === status),
    Stream.take(1),
    Stream.runDrain
  )

describe("connection to Redis", () => {
  it.effect("the connection runs a script that the server has never seen, and one that it has forgotten", () =>
    Effect.gen(function* () {
      const store = yield* RedisStore
      const key = `${store.prefix}:{p0}:a`
      assert.deepStrictEqual(yield* store.run(echoScript, [key], ["b"]), [key, "b"])
      yield* store.command("SCRIPT", "FLUSH")
      assert.deepStrictEqual(yield* store.run(echoScript, [key], ["b"]), [key, "b"])
      assert.strictEqual(yield* store.run(incrementScript, [key], []), 1)
    }).pipe(Effect.provide(freshStore()))
  )

  it.effect("the connection passes texts, bytes and numbers to a script unchanged", () =>
    Effect.gen(function* () {
      const store = yield* RedisStore
      const long = "x".repeat(1_000)
      assert.deepStrictEqual(yield* store.run(givenScript, ["k", "ключ"], ["", "olá", "💬", long, -1.5]), [
        "k ключ",
        "",
        "olá",
        "💬",
        long,
        "-1.5"
      ])
      const bytes = [Buffer.from([0, 13, 10]), "\r\n", Buffer.alloc(0), Buffer.from("é")]
      for (const key of ["k", "ключ"]) {
        assert.deepStrictEqual(yield* store.run(givenScript, [key], bytes), [key, "\u0000\r\n", "\r\n", "", "é"])
      }
    }).pipe(Effect.provide(freshStore()))
  )

  it.effect("a script rejected for its stamp is certainly not applied", () =>
    Effect.gen(function* () {
      const store = yield* RedisStore
      const failure = yield* Effect.flip(store.run(unstampedScript, ["k"], []))
      assert.deepStrictEqual(
        [failure.code, failure.certainty, failure.transient],
        ["store_unstamped", "not_applied", false]
      )
    }).pipe(Effect.provide(freshStore()))
  )

  it.effect("a script that failed halfway is of unknown effect", () =>
    Effect.gen(function* () {
      const store = yield* RedisStore
      const failure = yield* Effect.flip(store.run(brokenScript, [`${store.prefix}:k`], []))
      assert.deepStrictEqual([failure.code, failure.certainty, failure.transient], ["store_error", "unknown", false])
    }).pipe(Effect.provide(freshStore()))
  )

  it.effect("G6 a full store rejects a script that fills it and runs one that drains it", () =>
    Effect.gen(function* () {
      const server = yield* redisServer(["--maxmemory", "1"])
      const store = yield* storeOf({ url: server.url })
      const failure = yield* Effect.flip(store.run(fillScript, ["k"], []))
      assert.deepStrictEqual([failure.code, failure.certainty, failure.transient], ["store_full", "not_applied", true])
      assert.strictEqual(yield* store.run(drainScript, ["k"], []), "OK")
    })
  )

  it.effect("G7 a command on a broken connection fails at once and was not sent", () =>
    Effect.gen(function* () {
      const server = yield* redisServer()
      const store = yield* storeOf({ url: server.url })
      yield* Effect.promise(() => server.stop("SIGKILL"))
      yield* until(store, "down")
      const failure = yield* Effect.flip(store.run(incrementScript, ["k"], []))
      assert.deepStrictEqual(
        [failure.code, failure.certainty, failure.transient],
        ["store_unavailable", "not_applied", true]
      )
      yield* Effect.promise(() => server.restart())
      yield* until(store, "up")
      assert.strictEqual(yield* store.run(incrementScript, ["k"], []), 1)
    })
  )

  it.effect("G7 a command without a reply is unknown, and is not sent again", () =>
    Effect.gen(function* () {
      const server = yield* redisServer()
      const store = yield* storeOf({ url: server.url, commandTimeout: 200 })
      assert.strictEqual(yield* store.run(incrementScript, ["k"], []), 1)
      server.freeze()
      const failure = yield* Effect.flip(store.run(incrementScript, ["k"], []))
      assert.deepStrictEqual(
        [failure.code, failure.certainty, failure.transient],
        ["store_unavailable", "unknown", true]
      )
      server.thaw()
      assert.strictEqual(yield* store.run(incrementScript, ["k"], []), 3)
    })
  )

  it.effect("G7 a command in flight when the connection broke is unknown, and is not sent again", () =>
    Effect.gen(function* () {
      const server = yield* redisServer(["--appendonly", "yes", "--appendfsync", "always"])
      const store = yield* storeOf({ url: server.url })
      assert.strictEqual(yield* store.run(incrementScript, ["k"], []), 1)
      server.freeze()
      const sent = yield* Effect.forkChild(Effect.flip(store.run(incrementScript, ["k"], [])), {
        startImmediately: true
      })
      yield* Effect.callback<void>((resume) => void setImmediate(() => setImmediate(() => resume(Effect.void))))
      yield* Effect.promise(() => server.stop("SIGKILL"))
      yield* until(store, "down")
      yield* Effect.promise(() => server.restart())
      yield* until(store, "up")
      const failure = yield* Fiber.join(sent)
      assert.deepStrictEqual([failure.code, failure.certainty], ["store_unavailable", "unknown"])
      assert.strictEqual(yield* store.run(incrementScript, ["k"], []), 2)
    })
  )

  it.effect("the connection fails at once, with address and reason, when no server listens", () =>
    Effect.gen(function* () {
      const server = yield* redisServer()
      yield* Effect.promise(() => server.stop())
      const failure = yield* Effect.flip(Effect.scoped(storeOf({ url: server.url })))
      assert.strictEqual(failure.certainty, "not_applied")
      assert.strictEqual(
        failure.message,
        `connect to the store at 127.0.0.1:${server.port} (ECONNREFUSED): store_unavailable`
      )
    })
  )

  it.effect("the connection opens with the password, and with no other", () =>
    Effect.gen(function* () {
      const { url } = yield* redisServer(["--requirepass", "sesame"])
      const store = yield* storeOf({ url, password: () => Redacted.make("sesame") })
      assert.strictEqual(yield* store.command("PING"), "PONG")
      const failure = yield* Effect.flip(Effect.scoped(storeOf({ url, password: () => Redacted.make("open") })))
      assert.include(failure.message, "(WRONGPASS)")
      assert.strictEqual(failure.certainty, "not_applied")
    })
  )

  it.live("the connection reopens with the present password", () =>
    Effect.gen(function* () {
      const { url, port } = yield* redisServer(["--requirepass", "sesame"])
      let password = "sesame"
      const store = yield* storeOf({ url, password: () => Redacted.make(password) })
      yield* store.command("CONFIG", "SET", "requirepass", "open")
      password = "open"
      yield* Effect.exit(store.command("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "no"))
      yield* Effect.retry(store.command("PING"), Schedule.spaced("20 millis"))
      assert.isAbove(port, 0)
    })
  )

  it.effect("the connection rejects an address that holds a password", () =>
    Effect.gen(function* () {
      const failure = yield* Effect.flip(Effect.scoped(storeOf({ url: "redis://user:sesame@127.0.0.1:1" })))
      assert.strictEqual(failure.code, "store_url")
      assert.notInclude(failure.message, "sesame")
    })
  )
})
