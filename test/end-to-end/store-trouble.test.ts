import { assert, describe, it } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import { layer, RedisStore } from "../../layers/redis/client.ts"
import { conserves, secrets } from "../support/client.ts"
import { startGateway } from "../support/gateway.ts"
import { becomes } from "../support/test-bed.ts"
import { provider } from "../support/provider.ts"
import { receiver } from "../support/receiver.ts"
import { redisServer } from "../support/redis-server.ts"
import { messages, text } from "../support/webhook.ts"

const running = Effect.gen(function* () {
  const redis = yield* redisServer()
  const graph = yield* provider()
  const runtime = yield* receiver(secrets["runtime/signing"])
  const gateway = yield* startGateway({ redisUrl: redis.url, provider: graph.url, runtime: runtime.url })
  const store = Context.get(yield* Layer.build(layer({ url: redis.url })), RedisStore)
  return { redis, graph, runtime, gateway, store }
})

describe.concurrent("store failures", () => {
  it.live("G4 a gateway whose store was emptied stops, and repeats nothing", () =>
    Effect.gen(function* () {
      const { gateway, graph, store } = yield* running
      yield* gateway.send("sent-before")
      yield* gateway.deliver(messages(text("wamid.before")))
      yield* gateway.log.waitFor("dispatch.delivered")
      yield* store.command("FLUSHALL")
      const again = yield* gateway.send("sent-before")
      assert.strictEqual(again.status, 503)
      assert.strictEqual(again.at("code"), "store_unstamped")
      assert.strictEqual((yield* gateway.send("new")).status, 503)
      const webhook = yield* gateway.deliver(messages(text("wamid.before")))
      assert.strictEqual(webhook.status, 503)
      assert.match(String(webhook.headers["retry-after"]), /^[1-9]/)
      assert.strictEqual((yield* gateway.get("/readyz")).status, 503)
      assert.lengthOf(graph.requests.all, 1)
      assert.deepStrictEqual(yield* store.command("KEYS", "*"), [])
    })
  )

  it.live("G6 a gateway whose store is full admits nothing and still finishes running work", () =>
    Effect.gen(function* () {
      const { gateway, graph, runtime, store } = yield* running
      yield* runtime.leave
      yield* gateway.deliver(messages(text("wamid.waiting")))
      graph.next("wait")
      const caller = yield* Effect.forkScoped(gateway.send("under-way"))
      yield* graph.requests.atLeast(1)
      yield* store.command("CONFIG", "SET", "maxmemory", "1")
      const intent = yield* gateway.send("new")
      assert.strictEqual(intent.status, 503)
      assert.strictEqual(intent.at("code"), "store_full")
      const webhook = yield* gateway.deliver(messages(text("wamid.new")))
      assert.strictEqual(webhook.status, 503)
      assert.strictEqual(webhook.at("code"), "store_full")
      graph.letGo()
      assert.strictEqual((yield* Fiber.join(caller)).at("outcome"), "sent")
      yield* runtime.comeBack
      yield* gateway.log.waitFor("dispatch.delivered")
      yield* store.command("CONFIG", "SET", "maxmemory", "0")
      const room = yield* becomes(gateway.deliver(messages(text("wamid.new"))), ({ status }) => status === 200)
      assert.deepInclude(Object(room.json), { admitted: 1 })
      assert.strictEqual((yield* gateway.send("new")).at("outcome"), "sent")
      assert.strictEqual((yield* gateway.send("under-way")).at("outcome"), "deduped")
      assert.lengthOf(graph.requests.all, 2)
      assert.isTrue(conserves(yield* gateway.counts))
    })
  )

  it.live(
    "a store that falls silent between a call and its settlement causes no second call, and is written later",
    () =>
      Effect.gen(function* () {
        const { gateway, graph, redis } = yield* running
        graph.next("wait")
        const caller = yield* Effect.forkScoped(gateway.send("unsettled"))
        yield* graph.requests.atLeast(1)
        redis.freeze()
        graph.letGo()
        const answer = yield* Fiber.join(caller)
        assert.strictEqual(answer.status, 504)
        assert.strictEqual(answer.at("state"), "in_doubt")
        assert.strictEqual(answer.at("safeNewKey"), false)
        assert.strictEqual((yield* gateway.send("unsettled")).status, 503)
        redis.thaw()
        const settled = yield* Effect.repeat(gateway.intent(answer.at("intentId")), {
          until: (one) => one.at("state") === "sent"
        })
        assert.strictEqual(settled.at("receipt", "messageId"), "wamid.effect-1")
        assert.strictEqual((yield* gateway.send("unsettled")).at("outcome"), "deduped")
        assert.lengthOf(graph.requests.all, 1)
      })
  )

  it.live("I1 an unavailable store permits no new key for a sent intent", () =>
    Effect.gen(function* () {
      const { gateway, redis } = yield* running
      assert.strictEqual((yield* gateway.send("sent-before")).at("outcome"), "sent")
      yield* Effect.promise(() => redis.stop("SIGKILL"))
      const repeat = yield* gateway.send("sent-before")
      assert.strictEqual(repeat.status, 503)
      assert.strictEqual(repeat.at("safeNewKey"), false)
    })
  )

  it.live("a gateway loads its scripts again after the store has forgotten them, without a failure", () =>
    Effect.gen(function* () {
      const { gateway, graph, store } = yield* running
      yield* gateway.send("one")
      yield* gateway.deliver(messages(text("wamid.one")))
      yield* store.command("SCRIPT", "FLUSH")
      assert.strictEqual((yield* gateway.send("two")).at("outcome"), "sent")
      assert.strictEqual((yield* gateway.send("one")).at("outcome"), "deduped")
      yield* gateway.deliver(messages(text("wamid.two")))
      yield* gateway.log.waitFor("dispatch.delivered", 2)
      assert.lengthOf(graph.requests.all, 2)
    })
  )

  it.live(
    "a store connection that is cut repeatedly loses and duplicates nothing",
    () =>
      Effect.gen(function* () {
        const { gateway, graph, runtime, store } = yield* running
        const cut = Effect.ignore(store.command("CLIENT", "KILL", "SKIPME", "yes", "TYPE", "normal"))
        const cutting = yield* Effect.forkScoped(Effect.forever(Effect.andThen(cut, Effect.sleep("40 millis"))))
        const numbers = Array.from({ length: 40 }, (_, n) => n)
        const untilTaken = (n: number) =>
          Effect.repeat(gateway.deliver(messages(text(`wamid.${n}`, { from: `1555010${3000 + (n % 5)}` }))), {
            until: ({ status }) => status === 200
          })
        const untilSent = (n: number) =>
          Effect.repeat(gateway.send(`key-${n}`), { until: ({ status }) => status !== 503 && status !== 409 })
        const [, sent] = yield* Effect.all(
          [
            Effect.forEach(numbers, untilTaken, { concurrency: 4 }),
            Effect.forEach(numbers, untilSent, { concurrency: 4 })
          ],
          { concurrency: "unbounded" }
        )
        yield* Fiber.interrupt(cutting)
        yield* runtime.acknowledged(40)
        const perIntent = sent.map((answer) => graph.effectsOf(answer.at("intentId")).length)
        assert.isTrue(perIntent.every((effects) => effects <= 1))
        for (const [n, answer] of sent.entries()) {
          assert.include([200, 504], answer.status)
          if (answer.status === 200) assert.strictEqual(perIntent[n], 1)
        }
        yield* Effect.repeat(gateway.counts, { until: ({ pending }) => pending === 0 })
        const counts = yield* gateway.counts
        assert.isTrue(conserves(counts))
        assert.strictEqual(counts.admitted, 40)
      }),
    120_000
  )
})
