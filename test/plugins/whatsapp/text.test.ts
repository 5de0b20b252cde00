import { createHmac } from "node:crypto"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import { NotSent } from "../../../src/connector/provider-http.ts"
import type { JsonObject } from "../../../src/domain/json.ts"
import { ProviderScript, type Scripted, answered, scriptedProvider } from "../../fakes/provider-http.ts"
import { channel } from "./channel.ts"

const text = Effect.map(channel, ({ accounts }) => {
  const capability = accounts.get("support")?.capabilities.get("text")
  return capability ?? assert.fail("the capability is not configured")
})

const issues = Effect.fnUntraced(function* (input: unknown, to?: string) {
  const prepared = (yield* text).prepare(input, to)
  return Result.isFailure(prepared) ? prepared.failure.issues.map(({ path }) => path.join(".")) : []
})

/** Of the token under the app secret, whose values are their references here. */
const proof = createHmac("sha256", "meta/app-secret").update("whatsapp/support").digest("hex")

const accepted = answered(200, { messaging_product: "whatsapp", contacts: [], messages: [{ id: "wamid.new" }] })
const send = Effect.fnUntraced(function* (end: Scripted, input: unknown = { body: "olá" }, to = "+5511987654321") {
  const script = yield* ProviderScript
  yield* script.next(end)
  const prepared = yield* Effect.fromResult((yield* text).prepare(input, to))
  const receipt = yield* prepared.perform("c1.sample")
  const [request] = yield* script.sent
  const body: JsonObject = JSON.parse(request?.body ?? "{}")
  return { receipt, request, body }
}, Effect.provide(scriptedProvider))

describe("texts to WhatsApp", () => {
  it.effect("a text is the provider's request, with our callback data", () =>
    Effect.gen(function* () {
      const { receipt, request, body } = yield* send(accepted, { body: "olá", preview_url: false })
      assert.strictEqual(
        request?.url,
        `https://graph.facebook.com/v25.0/200000000000001/messages?appsecret_proof=${proof}`
      )
      assert.strictEqual(request?.bearer && Redacted.value(request.bearer), "whatsapp/support")
      assert.deepStrictEqual(body, {
        messaging_product: "whatsapp",
        recipient_type: "individual",
        to: "+5511987654321",
        type: "text",
        text: { body: "olá", preview_url: false },
        biz_opaque_callback_data: "c1.sample"
      })
      assert.deepStrictEqual(receipt, { messageId: "wamid.new" })
    })
  )

  it.effect("a text goes to a bare wa_id with a plus, and to a user id as recipient", () =>
    Effect.gen(function* () {
      assert.strictEqual((yield* send(accepted, { body: "a" }, "15550102030")).body["to"], "+15550102030")
      for (const userId of ["US.13491208655302741918", "BR.ENT.118157992128"]) {
        const { body } = yield* send(accepted, { body: "a" }, userId)
        assert.strictEqual(body["recipient"], userId)
        assert.notProperty(body, "to")
      }
    })
  )

  it.effect.each([
    "",
    "+",
    "123456",
    "+1234567890123456",
    "+55 11 98765",
    "+5511a87654",
    "++5511987654",
    "us.123",
    "USA.123",
    "US.",
    "US.ENT.",
    "US.12-3",
    `US.${"1".repeat(129)}`,
    "US.1\n"
  ])("the recipient %j is rejected before the claim", (to) =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* issues({ body: "a" }, to), ["to"])
    })
  )

  it.effect.each(["1234567", "+123456789012345", "US.a", `US.${"Z".repeat(128)}`])(
    "the recipient %s is accepted",
    (to) =>
      Effect.gen(function* () {
        assert.deepStrictEqual(yield* issues({ body: "a" }, to), [])
      })
  )

  it.effect.each([
    ["no body", {}, ["input.body"]],
    ["an empty body", { body: "" }, ["input.body"]],
    ["a body over 4096 characters", { body: "a".repeat(4097) }, ["input.body"]],
    ["4096 characters and an emoji", { body: `${"a".repeat(4096)}👍` }, ["input.body"]],
    ["a preview that is no boolean", { body: "a", preview_url: "yes" }, ["input.preview_url"]],
    ["null", null, ["input"]]
  ])("a text with %s is rejected with its path", ([, input, paths]) =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* issues(input, "+15550102030"), paths)
    })
  )

  it.effect("a text of exactly 4096 characters is accepted, and needs a recipient", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* issues({ body: "a".repeat(4096) }, "+15550102030"), [])
      assert.deepStrictEqual(yield* issues({ body: "a" }), ["to"])
    })
  )

  it.effect.each([
    ["200 without a message", answered(200, { messaging_product: "whatsapp", messages: [] }), "unknown"],
    ["200 without an id", answered(200, { messages: [{ message_status: "accepted" }] }), "unknown"],
    ["HTML", answered(502, "<html>"), "unknown"],
    ["a pair rate limit", answered(400, { error: { code: 131056 } }), "not_applied"],
    ["a wrong parameter", answered(400, { error: { code: 131009 } }), "not_applied"],
    ["a refused connection", new NotSent({ reason: "refused" }), "not_applied"]
  ] as const)("G19 a text that ended in %s has its certainty", ([, end, certainty]) =>
    Effect.gen(function* () {
      const failure = yield* Effect.flip(send(end))
      assert.strictEqual(failure.certainty, certainty)
      assert.notInclude(JSON.stringify(failure), "5511987654321")
    })
  )
})
