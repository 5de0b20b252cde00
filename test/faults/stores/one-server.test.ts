import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { acceptScript } from "../../../layers/redis/intent-ledger/scripts/accept.ts"
import { claimScript } from "../../../layers/redis/intent-ledger/scripts/claim.ts"
import { settleScript } from "../../../layers/redis/intent-ledger/scripts/settle-release.ts"
import { askRedis } from "../../support/ask-redis.ts"
import { becomes } from "../../support/test-bed.ts"
import { type RedisServer, redisServer } from "../../support/redis-server.ts"
import { tcpProxy } from "../../support/tcp-proxy.ts"
import { bundled } from "../crash/bundled.ts"
import { setupAt, type Wish, wish } from "../crash/setup.ts"
import { judge } from "../crash/verdict.ts"
import { durableRedis } from "../support/scene.ts"
import { sendThrough } from "./send-through.ts"

const scene = Effect.gen(function* () {
  const redis = yield* durableRedis
  const ask = (...command: readonly [string, ...ReadonlyArray<string | number>]) =>
    Effect.promise(() => askRedis(redis.port, command))
  return { redis, ask, setup: yield* setupAt(redis.url) }
})

/** A store behind a proxy; the server knows the scripts, so that what is written runs. */
const behindProxy = Effect.gen(function* () {
  const { redis, ask } = yield* scene
  for (const { source } of [claimScript, settleScript, acceptScript]) yield* ask("SCRIPT", "LOAD", source)
  const proxy = yield* tcpProxy(redis.port)
  return { proxy, setup: yield* setupAt(`redis://127.0.0.1:${proxy.port}`) }
})

const one: Wish = { key: "one", level: "verified", script: ["answer"] }

layer(bundled, { concurrent: true, excludeTestServices: true, timeout: "1 minute" })(
  "I1 I2 what is sent while its store",
  (it) => {
    it.effect("an intent has at most one effect while its store is killed and restarted, and gets 503 in between", () =>
      Effect.gen(function* () {
        const { redis, setup } = yield* scene
        const { answers } = yield* sendThrough(
          setup,
          Effect.gen(function* () {
            yield* Effect.promise(() => redis.stop("SIGKILL"))
            yield* Effect.sleep("1 second")
            yield* Effect.promise(redis.restart)
          })
        )
        assert.include(
          answers.map(({ status }) => status),
          503
        )
      })
    )

    it.effect("an intent has at most one effect while its store is stopped and restarted in order", () =>
      Effect.gen(function* () {
        const { redis, setup } = yield* scene
        const stop = Effect.promise(() => redis.stop("SIGTERM"))
        yield* sendThrough(setup, Effect.andThen(stop, Effect.promise(redis.restart)))
      })
    )

    it.effect("an intent is rejected while its store is a read-only replica, and sent afterwards", () =>
      Effect.gen(function* () {
        const { ask, setup } = yield* scene
        const { answers } = yield* sendThrough(
          setup,
          Effect.gen(function* () {
            yield* ask("REPLICAOF", "127.0.0.1", "9")
            yield* Effect.sleep("1 second")
            yield* ask("REPLICAOF", "NO", "ONE")
          })
        )
        assert.include(
          answers.map(({ status }) => status),
          503
        )
      })
    )

    for (const [name, { sha }] of Object.entries({ claim: claimScript, settle: settleScript, accept: acceptScript })) {
      it.effect(
        `G7 an intent has at most one effect when the connection is cut right after a ${name} was written`,
        () =>
          Effect.gen(function* () {
            const { proxy, setup } = yield* behindProxy
            const cuts = proxy.cutAfter(sha, 8)
            yield* sendThrough(setup, Effect.void)
            assert.isAtLeast(cuts(), 4)
          })
      )
    }

    it.effect("an intent has at most one effect while each response of the store takes two seconds", () =>
      Effect.gen(function* () {
        const { proxy, setup } = yield* behindProxy
        const slow = Effect.andThen(
          Effect.sync(() => proxy.slow(2_000)),
          Effect.sleep("10 seconds")
        )
        yield* sendThrough(
          setup,
          Effect.andThen(
            slow,
            Effect.sync(() => proxy.slow(0))
          ),
          60
        )
      })
    )

    it.effect(
      "G6 an intent is rejected before its call when the store is full, and a running call is still settled",
      () =>
        Effect.gen(function* () {
          const { ask, setup } = yield* scene
          const gateway = yield* setup.start
          yield* wish(gateway, { ...one, key: "before" })
          yield* gateway.arm("IntentLedger.settle before", { how: "hold" })
          const calling = yield* Effect.forkScoped(wish(gateway, one))
          yield* gateway.reached("IntentLedger.settle before")
          yield* ask("CONFIG", "SET", "maxmemory", "1")
          const requestsBefore = setup.provider.requests.all.length
          const fresh = { ...one, key: "fresh" }
          const refused = yield* wish(gateway, fresh)
          assert.strictEqual(refused.status, 503)
          assert.strictEqual(refused.at("failure", "certainty"), "not_applied")
          assert.strictEqual((yield* wish(gateway, { ...one, key: "before" })).status, 200)
          yield* gateway.letGo("IntentLedger.settle before")
          yield* becomes(wish(gateway, one), ({ status }) => status === 200)
          assert.strictEqual((yield* Fiber.join(calling)).status, 200)
          assert.lengthOf(setup.provider.requests.all, requestsBefore)
          yield* ask("CONFIG", "SET", "maxmemory", "0")
          for (const each of [one, fresh]) {
            const end = yield* judge(gateway, setup, each)
            assert.deepStrictEqual(end.wrong, [])
            assert.strictEqual(end.state, "sent")
            assert.strictEqual(end.effects, 1)
          }
        })
    )

    // This one keeps nothing when it ends.
    const emptied = {
      "is flushed": ({ port }: RedisServer) => askRedis(port, ["FLUSHALL"]),
      "is swapped for an empty one": ({ restart }: RedisServer) => restart()
    }
    for (const [name, empty] of Object.entries(emptied)) {
      it.effect(`G4 an intent is not sent again after the store ${name}, and the gateway answers 503`, () =>
        Effect.gen(function* () {
          const redis = yield* redisServer()
          const setup = yield* setupAt(redis.url)
          const gateway = yield* setup.start
          assert.strictEqual((yield* wish(gateway, one)).status, 200)
          yield* Effect.promise<unknown>(() => empty(redis))
          const again = yield* becomes(wish(gateway, one), (answer) => answer.at("code") === "store_unstamped")
          assert.strictEqual(again.status, 503)
          assert.strictEqual(again.at("safeNewKey"), false)
          assert.strictEqual((yield* wish(gateway, { ...one, key: "another" })).status, 503)
          assert.strictEqual((yield* wish(gateway, { ...one, key: "later", later: true })).status, 503)
          assert.lengthOf(setup.provider.requests.all, 1)
        })
      )
    }
  }
)
