import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { aText, bearer, secrets } from "../support/client.ts"
import { startGateway } from "../support/gateway.ts"
import { ask } from "../support/http.ts"
import { provider } from "../support/provider.ts"
import { receiver } from "../support/receiver.ts"
import { customer, messages, phoneNumberId, text, userId } from "../support/webhook.ts"

const running = Effect.gen(function* () {
  const graph = yield* provider()
  return { graph, gateway: yield* startGateway({ provider: graph.url }) }
})

describe("I1 intents", () => {
  it.live("an intent is sent once, and a repeat of its key returns the same receipt", () =>
    Effect.gen(function* () {
      const { gateway, graph } = yield* running
      const first = yield* gateway.send("order-1")
      assert.strictEqual(first.status, 200)
      assert.match(String(first.at("intentId")), /^int_[0-9a-f]{32}$/)
      assert.deepStrictEqual(first.json, {
        intentId: first.at("intentId") ?? null,
        outcome: "sent",
        state: "sent",
        safeNewKey: false,
        capabilityId: "whatsapp.text",
        protection: "verified",
        correlationId: first.at("correlationId") ?? null,
        receipt: { messageId: "wamid.effect-1" }
      })
      const again = yield* gateway.send("order-1")
      assert.strictEqual(again.status, 200)
      assert.deepStrictEqual(again.json, { ...Object(first.json), outcome: "deduped" })
      assert.lengthOf(graph.effects.all, 1)
      const [request] = graph.requests.all
      assert.strictEqual(request?.path.split("?")[0], `/v25.0/${phoneNumberId}/messages`)
      assert.strictEqual(request?.authorization, `Bearer ${secrets["whatsapp/support"]}`)
      assert.deepStrictEqual(request?.body, {
        messaging_product: "whatsapp",
        recipient_type: "individual",
        to: `+${customer}`,
        type: "text",
        text: { body: "hello" },
        biz_opaque_callback_data: request?.callbackData ?? ""
      })
    })
  )

  it.live("an intent for a person without a phone number goes to the user id", () =>
    Effect.gen(function* () {
      const { gateway, graph } = yield* running
      assert.strictEqual((yield* gateway.send("to-a-user", { to: userId })).status, 200)
      assert.deepInclude(graph.requests.all[0]?.body, { recipient: userId })
    })
  )

  it.live("a key reused for other content is answered 422, and the order of members does not matter", () =>
    Effect.gen(function* () {
      const { gateway, graph } = yield* running
      const first = yield* gateway.send("order-2")
      const others = [
        { input: { body: "another" } },
        { to: "+15550102031" },
        { input: { body: "hello", preview_url: true } },
        { input: { body: "" } }
      ]
      for (const other of others) {
        const answer = yield* gateway.send("order-2", other)
        assert.strictEqual(answer.status, 422)
        assert.strictEqual(answer.at("code"), "key_reused")
        assert.strictEqual(answer.at("intentId"), first.at("intentId"))
        assert.strictEqual(answer.at("state"), "sent")
        assert.strictEqual(answer.at("safeNewKey"), false)
      }
      const reordered = yield* ask(`${gateway.url}/v1/intents`, {
        method: "POST",
        headers: { ...bearer("crm"), "idempotency-key": "order-2" },
        body: JSON.stringify(Object.fromEntries(Object.entries(aText).toReversed()), null, 2)
      })
      assert.strictEqual(reordered.status, 200)
      assert.strictEqual(reordered.at("outcome"), "deduped")
      assert.lengthOf(graph.effects.all, 1)
    })
  )

  it.live("G13 the keys of one client never meet those of another, and a quoted key equals the bare one", () =>
    Effect.gen(function* () {
      const { gateway, graph } = yield* running
      const crm = yield* gateway.send("same")
      const shop = yield* gateway.send("same", {}, "shop")
      assert.deepStrictEqual([crm.at("outcome"), shop.at("outcome")], ["sent", "sent"])
      assert.notStrictEqual(crm.at("intentId"), shop.at("intentId"))
      const quoted = yield* gateway.send('"same"')
      assert.strictEqual(quoted.at("outcome"), "deduped")
      assert.strictEqual(quoted.at("intentId"), crm.at("intentId"))
      const escaped = yield* gateway.send(String.raw`"a\"b\\c"`)
      assert.strictEqual((yield* gateway.send(String.raw`a"b\c`)).at("intentId"), escaped.at("intentId"))
      assert.lengthOf(graph.effects.all, 3)
    })
  )

  it.live("an intent that is posted twenty times at once has one effect", () =>
    Effect.gen(function* () {
      const { gateway, graph } = yield* running
      const answers = yield* Effect.forEach(Array.from({ length: 20 }), () => gateway.send("storm"), {
        concurrency: "unbounded"
      })
      assert.lengthOf(graph.requests.all, 1)
      assert.lengthOf(
        answers.filter((answer) => answer.at("outcome") === "sent"),
        1
      )
      for (const answer of answers) {
        assert.include([200, 409], answer.status)
        if (answer.status === 409) assert.match(String(answer.headers["retry-after"]), /^[1-9]/)
      }
      assert.strictEqual((yield* gateway.send("storm")).at("outcome"), "deduped")
    })
  )

  it.live("an intent continues the correlation id of an event, and no foreign one", () =>
    Effect.gen(function* () {
      const runtime = yield* receiver(secrets["runtime/signing"])
      const graph = yield* provider()
      const gateway = yield* startGateway({ provider: graph.url, runtime: runtime.url })
      const send = (key: string, thread: string) =>
        ask(`${gateway.url}/v1/intents`, {
          method: "POST",
          headers: { ...bearer("crm"), "idempotency-key": key, "comporta-correlation-id": thread },
          body: JSON.stringify(aText)
        })
      yield* gateway.deliver(messages(text("wamid.thread")))
      const [arrival] = yield* runtime.acknowledged(1)
      const ours = String(arrival?.at("data", "correlationId"))
      const known = yield* send("thread-1", ours)
      assert.strictEqual(known.at("correlationId"), ours)
      assert.strictEqual(known.headers["comporta-correlation-id"], ours)
      for (const foreign of ["somebody@example.com", `cor_${"ab".repeat(16)}`, "cor_15550102030"]) {
        const answer = yield* send(foreign, foreign)
        assert.match(String(answer.at("correlationId")), /^cor_[0-9a-f]{32}$/)
        assert.notStrictEqual(answer.at("correlationId"), foreign)
      }
    })
  )
})

describe("many intents", () => {
  it.live("300 concurrent intents are each sent once, and those rejected for load succeed on retry", () =>
    Effect.gen(function* () {
      const { gateway, graph } = yield* running
      const keys = Array.from({ length: 300 }, (_, n) => `key-${n}`)
      const send = (key: string, n: number) => gateway.send(key, { to: `+1555010${5_000 + n}` })
      graph.next(...keys.slice(0, 40).map(() => "wait" as const))
      yield* Effect.forkScoped(Effect.andThen(graph.requests.atLeast(40), Effect.sync(graph.letGo)))
      const answers = yield* Effect.forEach(keys, send, { concurrency: "unbounded" })
      assert.isTrue(answers.every(({ status }) => status === 200 || status === 503))
      const again = yield* Effect.forEach(keys, send, { concurrency: 20 })
      assert.isTrue(again.every(({ status }) => status === 200))
      assert.lengthOf(graph.effects.all, 300)
      assert.lengthOf(new Set(graph.effects.all.map(({ callbackData }) => callbackData.split(".")[2])), 300)
    })
  )

  it.live("intents are counted by capability, outcome and class, and the oldest doubt by age", () =>
    Effect.gen(function* () {
      const { gateway, graph } = yield* running
      graph.next("accept", "drop", { refuse: 131026 })
      for (const key of ["sent", "doubt", "failed", "sent"]) yield* gateway.send(key)
      yield* gateway.send("wrong", { input: {} })
      const { text } = yield* gateway.get("/metrics")
      const lines = text.split("\n").filter((line) => line.startsWith("comporta_intents_total{"))
      assert.deepStrictEqual(lines.sort(), [
        'comporta_intents_total{capability="whatsapp.text",outcome="deduped",class="none"} 1',
        'comporta_intents_total{capability="whatsapp.text",outcome="failed",class="PayloadError"} 1',
        'comporta_intents_total{capability="whatsapp.text",outcome="failed",class="ProviderError"} 1',
        'comporta_intents_total{capability="whatsapp.text",outcome="in_doubt",class="ProviderError"} 1',
        'comporta_intents_total{capability="whatsapp.text",outcome="sent",class="none"} 1'
      ])
      assert.isAbove(Number(/^comporta_doubt_oldest_seconds ([\d.]+)$/m.exec(text)?.[1]), 0)
    })
  )
})
