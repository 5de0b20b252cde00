import { createHmac } from "node:crypto"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { messenger } from "../../../plugins/messenger/index.ts"
import type { JsonObject } from "../../../src/domain/json.ts"
import { answered } from "../../fakes/provider-http.ts"
import { callbackData, capabilityOf, issuesOf, mistakesOf, performed } from "../bound.ts"
import { channel, page, person, raw } from "./samples.ts"

const accepted = answered(200, { recipient_id: person, message_id: "m_new" })
const of = (id: string) => Effect.map(channel, (bound) => capabilityOf(bound, "shop", id))
const send = Effect.fnUntraced(function* (id: string, input: unknown, to = person, end = accepted) {
  return yield* performed(yield* of(id), input, to, end)
})
const wrong = Effect.fnUntraced(function* (id: string, input: unknown, to: string | undefined = person) {
  return issuesOf(yield* of(id), input, to)
})

describe("a message to Messenger", () => {
  it.effect("is the request of the provider, with our callback data as its metadata", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* send("text", { text: "olá" }), {
        receipt: { messageId: "m_new" },
        method: "POST",
        at: `https://graph.facebook.com/v25.0/${page}/messages`,
        query: { appsecret_proof: createHmac("sha256", "meta/app-secret").update("messenger/shop").digest("hex") },
        token: "messenger/shop",
        body: {
          recipient: { id: person },
          messaging_type: "RESPONSE",
          message: { text: "olá", metadata: callbackData }
        }
      })
    })
  )

  it.effect("may answer a message, have quick replies, be an update or come from a person of the business", () =>
    Effect.gen(function* () {
      const replies = [{ content_type: "text", title: "Yes", payload: "YES" }]
      const { body } = yield* send("text", { text: "a", quick_replies: replies, reply_to: { mid: "m_1" } })
      assert.deepStrictEqual(body["reply_to"], { mid: "m_1" })
      assert.deepStrictEqual(body["message"], { text: "a", quick_replies: replies, metadata: callbackData })
      assert.strictEqual(
        (yield* send("text", { text: "a", messaging_type: "UPDATE" })).body["messaging_type"],
        "UPDATE"
      )
      const tagged = yield* send("text", { text: "a", tag: "HUMAN_AGENT" })
      assert.deepInclude(tagged.body, { messaging_type: "MESSAGE_TAG", tag: "HUMAN_AGENT" })
    })
  )

  const payloads: ReadonlyArray<JsonObject> = [
    { url: "https://cdn.example/1.jpg" },
    { url: "https://cdn.example/1.jpg", is_reusable: true },
    { attachment_id: "1" }
  ]
  it.effect.each(payloads)("may be an attachment by %j", (payload) =>
    Effect.gen(function* () {
      const attachment = { type: "image", payload }
      const { body } = yield* send("attachment", { attachment })
      assert.deepStrictEqual(body["message"], { attachment, metadata: callbackData })
    })
  )

  it.effect("may answer a comment in private", () =>
    Effect.gen(function* () {
      const { body } = yield* send("private_reply", { text: "olá" }, "1_2")
      assert.deepStrictEqual(body["recipient"], { comment_id: "1_2" })
      assert.deepStrictEqual(body["message"], { text: "olá", metadata: callbackData })
    })
  )

  it.effect.each([
    ["text", {}, ["input.text"]],
    ["text", { text: "" }, ["input.text"]],
    ["text", { text: "a".repeat(2001) }, ["input.text"]],
    ["text", { text: "a".repeat(2000) }, []],
    ["text", { text: "a", metadata: "m" }, ["input.metadata"]],
    ["text", { text: "a", messaging_type: "MESSAGE_TAG" }, ["input.messaging_type"]],
    ["text", { text: "a", tag: "CONFIRMED_EVENT_UPDATE" }, ["input.tag"]],
    ["attachment", { attachment: { type: "image", payload: { url: "x" } } }, ["input.attachment.payload.url"]],
    ["private_reply", { text: "a", reply_to: { mid: "m" } }, ["input.reply_to"]]
  ] as const)("of %s is told the path of each mistake: %j", ([id, input, paths]) =>
    Effect.gen(function* () {
      const told = yield* wrong(id, input)
      if (paths.length === 0) assert.deepStrictEqual(told, [])
      else assert.includeMembers([...told], [...paths])
    })
  )

  it.effect("is proven by its echo, whatever it is", () =>
    Effect.gen(function* () {
      for (const { id } of messenger.capabilities) {
        assert.deepInclude(yield* of(id), { protection: "verified", proof: "message-echo", retryUnknown: 0 })
      }
    })
  )

  it("is sent for a page by its id", () => {
    assert.deepStrictEqual(mistakesOf(messenger, raw), [])
    const accounts = { shop: { secrets: { accessToken: "t" }, settings: { pageId: "1/2" } } }
    assert.deepStrictEqual(mistakesOf(messenger, { ...raw, accounts }), ["accounts.shop.pageId"])
  })
})
