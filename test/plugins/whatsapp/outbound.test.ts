import { createHmac } from "node:crypto"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { OutcomeUnknown } from "../../../src/connector/provider-http.ts"
import type { JsonObject } from "../../../src/domain/json.ts"
import { whatsapp } from "../../../plugins/whatsapp/index.ts"
import { answered } from "../../fakes/provider-http.ts"
import { capabilityOf, paths, sending, recipientNumber } from "./sending.ts"

const messages: ReadonlyArray<readonly [type: string, input: JsonObject]> = [
  ["text", { body: "olá" }],
  ["template", { name: "greeting", language: { code: "pt_BR" } }],
  ["image", { id: "1" }],
  ["video", { id: "1", caption: "a" }],
  ["audio", { link: "https://example.org/a.ogg", voice: true }],
  ["document", { id: "1", filename: "a.pdf" }],
  ["sticker", { id: "1" }],
  ["location", { latitude: 1, longitude: "2.5" }],
  ["interactive", { type: "location_request_message", body: { text: "Where?" }, action: { name: "any" } }]
]

const group = "Z3JvdXAgb2YgcGVvcGxlIHRoYXQgd3JpdGU6MTIzNDU2Nzg5"

describe("messages to WhatsApp", () => {
  it.effect.each(messages)(
    "a message of type %s is the provider's own object, with our callback data beside it",
    ([type, input]) =>
      Effect.gen(function* () {
        const { body, receipt, request } = yield* sending(type, input, recipientNumber)
        assert.deepStrictEqual(body, {
          messaging_product: "whatsapp",
          recipient_type: "individual",
          to: recipientNumber,
          type,
          [type]: input,
          biz_opaque_callback_data: "c1.sample"
        })
        assert.deepStrictEqual(receipt, { messageId: "wamid.new" })
        const proof = createHmac("sha256", "meta/app-secret").update("whatsapp/support").digest("hex")
        assert.match(request?.url ?? "", new RegExp(`/v25.0/200000000000001/messages\\?appsecret_proof=${proof}$`))
        assert.strictEqual(request?.bearer && Redacted.value(request.bearer), "whatsapp/support")
      })
  )

  it.effect.each(messages)("a message of type %s may reply to another, and name one identity key", ([type, input]) =>
    Effect.gen(function* () {
      const beside = { context: { message_id: "wamid.1" }, recipient_identity_key_hash: "DF2lS5v2W6x=" }
      const { body } = yield* sending(type, { ...input, ...beside }, recipientNumber)
      assert.deepInclude(body, beside)
      assert.deepStrictEqual(body[type], input)
    })
  )

  it.effect("a message of contacts has a list in place of an object", () =>
    Effect.gen(function* () {
      const contacts = [{ name: { formatted_name: "Ada", first_name: "Ada" }, phones: [{ wa_id: "15550102030" }] }]
      const { body } = yield* sending("contacts", { contacts, context: { message_id: "wamid.1" } }, recipientNumber)
      assert.deepStrictEqual(body["contacts"], contacts)
      assert.deepStrictEqual(body["context"], { message_id: "wamid.1" })
    })
  )

  it.effect.each(["👍", ""])("a reaction %j and its removal are one capability", (emoji) =>
    Effect.gen(function* () {
      const { body } = yield* sending("reaction", { message_id: "wamid.1", emoji }, recipientNumber)
      assert.deepInclude(body, { type: "reaction", reaction: { message_id: "wamid.1", emoji } })
      assert.strictEqual(body["biz_opaque_callback_data"], "c1.sample")
    })
  )

  it.effect("a message without a capability of its type is the provider's own request, with our callback data", () =>
    Effect.gen(function* () {
      const poll = { type: "poll", poll: { question: "?" }, context: { message_id: "wamid.1" } }
      const { body } = yield* sending("message", poll, recipientNumber)
      assert.deepStrictEqual(body, {
        messaging_product: "whatsapp",
        recipient_type: "individual",
        to: recipientNumber,
        ...poll,
        biz_opaque_callback_data: "c1.sample"
      })
    })
  )

  it.effect("a marketing message goes to its own endpoint, with its options beside the template", () =>
    Effect.gen(function* () {
      const template = { name: "offer", language: { code: "en" }, components: [{ type: "carousel", cards: [] }] }
      const options = { product_policy: "STRICT", message_activity_sharing: false }
      const { body, request } = yield* sending("marketing_message", { ...template, ...options }, recipientNumber)
      assert.deepInclude(body, { type: "template", template, ...options, biz_opaque_callback_data: "c1.sample" })
      assert.include(request?.url, "/200000000000001/marketing_messages?")
    })
  )

  it.effect("a pin and its removal go to a group", () =>
    Effect.gen(function* () {
      const { body } = yield* sending("pin", { type: "unpin", message_id: "wamid.1" }, group)
      assert.deepInclude(body, { recipient_type: "group", to: group, type: "pin" })
      assert.deepStrictEqual(body["pin"], { type: "unpin", message_id: "wamid.1" })
    })
  )

  it.effect("a message goes to a group by its id", () =>
    Effect.gen(function* () {
      const { body } = yield* sending("text", { body: "a" }, group)
      assert.deepInclude(body, { recipient_type: "group", to: group })
      for (const none of ["9".repeat(40), "a group of people that write", "abc", `${group}===`]) {
        assert.deepStrictEqual(yield* paths("text", { body: "a" }, none), ["to"], none)
      }
    })
  )
})

describe("WhatsApp read marks", () => {
  it.effect("a read mark has no recipient, no callback data and no receipt id", () =>
    Effect.gen(function* () {
      const { body, receipt } = yield* sending(
        "mark_read",
        { message_id: "wamid.1" },
        undefined,
        answered(200, { success: true })
      )
      assert.deepStrictEqual(body, { messaging_product: "whatsapp", status: "read", message_id: "wamid.1" })
      assert.deepStrictEqual(receipt, {})
      const to = (yield* capabilityOf("mark_read")).prepare({ message_id: "wamid.1" }, recipientNumber)
      assert.strictEqual(to._tag, "Failure")
    })
  )

  it.effect("a read mark with a typing indicator names its type", () =>
    Effect.gen(function* () {
      const success = answered(200, { success: true })
      const { body } = yield* sending("typing_indicator", { message_id: "wamid.1" }, undefined, success)
      assert.deepStrictEqual(body["typing_indicator"], { type: "text" })
    })
  )

  it.effect.each([{ success: false }, {}, { success: "true" }])(
    "G19 a read mark is unknown when answered %j",
    (answer) =>
      Effect.gen(function* () {
        const failure = yield* Effect.flip(
          sending("mark_read", { message_id: "wamid.1" }, undefined, answered(200, answer))
        )
        assert.deepInclude(failure, { code: "unexpected_answer", certainty: "unknown" })
      })
  )
})

describe("WhatsApp media deletion", () => {
  it.effect("a medium is deleted by one call to its id, without a receipt", () =>
    Effect.gen(function* () {
      const { receipt, request } = yield* sending(
        "media_delete",
        { id: "155" },
        undefined,
        answered(200, { success: true })
      )
      assert.strictEqual(request?.method, "DELETE")
      assert.match(request?.url ?? "", /\/v25\.0\/155\?appsecret_proof=[0-9a-f]{64}$/)
      assert.isUndefined(request?.body)
      assert.deepStrictEqual(receipt, {})
      for (const id of ["", "1/2", "../me", "a?b"]) {
        assert.strictEqual((yield* capabilityOf("media_delete")).prepare({ id }, undefined)._tag, "Failure", id)
      }
    })
  )
})

describe("protection of WhatsApp capabilities", () => {
  it("G21 a read mark is idempotent, a reaction is verified, and a typing indicator is unprotected", () => {
    const of = Object.fromEntries(whatsapp.capabilities.map(({ id, protection, proof }) => [id, [protection, proof]]))
    const { mark_read, typing_indicator, media_delete, ...others } = of
    assert.deepStrictEqual(mark_read, ["idempotent", undefined])
    assert.deepStrictEqual([typing_indicator, media_delete].map(String), ["unprotected,", "unprotected,"])
    assert.deepStrictEqual(new Set(Object.values(others).map(String)), new Set(["verified,status-echo"]))
    assert.includeMembers(Object.keys(others), ["reaction", "pin", "marketing_message", "message"])
  })

  it.effect("G21 only a read mark may be repeated after an unknown outcome", () =>
    Effect.gen(function* () {
      for (const { id } of whatsapp.capabilities) {
        const { retryUnknown } = yield* capabilityOf(id)
        assert.strictEqual(retryUnknown > 0, id === "mark_read", id)
      }
      const lost = yield* Effect.flip(
        sending(
          "reaction",
          { message_id: "wamid.1", emoji: "" },
          recipientNumber,
          new OutcomeUnknown({ reason: "timeout" })
        )
      )
      assert.strictEqual(lost.certainty, "unknown")
    })
  )
})
