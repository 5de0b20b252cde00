import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { conserves, secrets } from "../support/client.ts"
import { startGateway } from "../support/gateway.ts"
import { receiver } from "../support/receiver.ts"
import { businessAccountId, change, customer, entry, messages, text, userId, webhook } from "../support/webhook.ts"

const running = Effect.gen(function* () {
  const runtime = yield* receiver(secrets["runtime/signing"])
  return { runtime, gateway: yield* startGateway({ runtime: runtime.url }) }
})

describe("items of a signed webhook", () => {
  it.live("an item for an unconfigured account is quarantined once, and its sibling is admitted", () =>
    Effect.gen(function* () {
      const { gateway, runtime } = yield* running
      const stranger = change({ messages: [text("wamid.theirs")] }, "200000000000099")
      const body = webhook(entry(stranger, change({ messages: [text("wamid.ours")] })))
      assert.deepStrictEqual((yield* gateway.deliver(body)).json, { admitted: 1, deduped: 0, quarantined: 1 })
      assert.deepStrictEqual((yield* gateway.deliver(body)).json, { admitted: 0, deduped: 2, quarantined: 0 })
      const [line] = gateway.log.of("inbound.quarantined")
      assert.deepInclude(line?.fields, { failureCode: "unknown_account", failureClass: "PayloadError" })
      yield* gateway.log.waitFor("dispatch.delivered")
      assert.deepStrictEqual(runtime.accepted(), ["wamid.ours"])
      const counts = yield* gateway.counts
      assert.isTrue(conserves(counts))
      assert.deepInclude(counts, { received: 4, admitted: 1, deduped: 2, quarantined: 1 })
    })
  )

  it.live("an item of a wrong shape is quarantined alone", () =>
    Effect.gen(function* () {
      const { gateway, runtime } = yield* running
      const body = webhook(entry(change({ messages: [text("wamid.good"), "not a message", null] }), "not a change"), 7)
      assert.deepStrictEqual((yield* gateway.deliver(body)).json, { admitted: 1, deduped: 0, quarantined: 4 })
      yield* gateway.log.waitFor("dispatch.delivered")
      assert.deepStrictEqual(runtime.accepted(), ["wamid.good"])
      assert.isTrue(conserves(yield* gateway.counts))
    })
  )

  it.live("an item of a person without a phone number names the person by user id", () =>
    Effect.gen(function* () {
      const { gateway, runtime } = yield* running
      const { from: _, ...anonymous } = text("wamid.b", { from_user_id: userId })
      const contacts = [{ profile: { name: "A Person", username: "aperson" }, user_id: userId }]
      yield* gateway.deliver(webhook(entry(change({ contacts, messages: [anonymous] }))))
      const [arrival] = yield* runtime.acknowledged(1)
      assert.strictEqual(arrival?.at("data", "from"), userId)
      assert.deepStrictEqual(arrival?.at("data", "content"), anonymous)
      assert.deepStrictEqual(arrival?.at("data", "contact"), contacts[0])
    })
  )

  it.live("an item of an unknown field or type is kept whole", () =>
    Effect.gen(function* () {
      const { gateway, runtime } = yield* running
      const field = { field: "field_of_tomorrow", value: { anything: [1, { deep: "é" }] } }
      const item = text("wamid.new", { type: "hologram", hologram: { id: "1" } })
      yield* gateway.deliver(webhook(entry(field), entry(change({ messages: [item] }))))
      const arrivals = yield* runtime.acknowledged(2)
      const contents = new Map(arrivals.map(({ at }) => [at("data", "providerId"), at]))
      assert.strictEqual(contents.get("wamid.new")?.("data", "kind"), "unknown")
      assert.deepStrictEqual(contents.get("wamid.new")?.("data", "content"), item)
      assert.deepStrictEqual(contents.get(businessAccountId)?.("data", "content"), field)
      assert.strictEqual(contents.get(businessAccountId)?.("data", "account"), `business-${businessAccountId}`)
    })
  )

  it.live("an item reaches the runtime in the shape that the reference documents, with a valid signature", () =>
    Effect.gen(function* () {
      const { gateway, runtime } = yield* running
      const item = text("wamid.shape")
      yield* gateway.deliver(messages(item))
      const [arrival] = yield* runtime.acknowledged(1)
      assert.lengthOf(runtime.forged.all, 0)
      assert.match(arrival?.eventId ?? "", /^evt_[0-9a-f]{32}$/)
      const correlationId = String(arrival?.at("data", "correlationId"))
      const conversation = String(arrival?.at("data", "conversation"))
      assert.match(correlationId, /^cor_[0-9a-f]{32}$/)
      assert.match(conversation, /^cnv_[0-9a-f]{32}$/)
      assert.deepStrictEqual(arrival?.body, {
        type: "whatsapp.message.text",
        timestamp: "2026-05-28T20:26:40.000Z",
        data: {
          eventId: arrival?.eventId ?? "",
          correlationId,
          connector: "whatsapp",
          account: "support",
          conversation,
          providerId: "wamid.shape",
          kind: "message",
          from: customer,
          content: item
        }
      })
    })
  )
})
