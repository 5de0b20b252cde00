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

describe("messages to Messenger", () => {
  it.effect("a message is the provider's request, with our callback data as its metadata", () =>
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

  it.effect("a message may reply to another, have quick replies, be an update or carry the human agent tag", () =>
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
  it.effect.each(payloads)("an attachment may be given by %j", (payload) =>
    Effect.gen(function* () {
      const attachment = { type: "image", payload }
      const { body } = yield* send("attachment", { attachment })
      assert.deepStrictEqual(body["message"], { attachment, metadata: callbackData })
    })
  )

  it.effect("a private reply is a message to the comment", () =>
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
    ["text", { text: "👍".repeat(2000) }, []],
    ["text", { text: "👍".repeat(2001) }, ["input.text"]],
    ["text", { text: "a", metadata: "m" }, ["input.metadata"]],
    ["attachment", { attachment: { type: "image", payload: { url: "x" } } }, ["input.attachment.payload.url"]],
    ["attachment", { attachment: { type: "image", payload: {} } }, ["input.attachment.payload.url"]],
    ["attachment", { attachment: { type: "image", payload: { url: "x" } }, metadata: "m" }, ["input.metadata"]],
    ["template", { attachment: { type: "image", payload: {} } }, ["input.attachment.type"]],
    [
      "template",
      { attachment: { type: "template", payload: { template_type: "generic", elements: [] } } },
      ["input.attachment.payload.elements"]
    ],
    [
      "template",
      { attachment: { type: "template", payload: { template_type: "button", text: "a", buttons: [{}, {}, {}, {}] } } },
      ["input.attachment.payload.buttons"]
    ],
    ["typing", {}, ["input.sender_action"]],
    ["typing", { sender_action: "mark_seen" }, ["input.sender_action"]],
    ["mark_seen", { sender_action: "mark_seen", more: 1 }, ["input.more"]],
    ["comment_reply", { message: "" }, ["input.message"]]
  ] as const)("an invalid input of %s is rejected with the path of each error: %j", ([id, input, paths]) =>
    Effect.gen(function* () {
      const errorPaths = yield* wrong(id, input)
      if (paths.length === 0) assert.deepStrictEqual(errorPaths, [])
      else assert.includeMembers([...errorPaths], [...paths])
    })
  )

  it.effect("a message of every type is proven by its echo", () =>
    Effect.gen(function* () {
      for (const id of ["text", "attachment", "template", "private_reply"]) {
        assert.deepInclude(yield* of(id), { protection: "verified", proof: "message-echo", retryUnknown: 0 })
      }
    })
  )

  it.effect("G21 a capability without echo is protected only if it commutes", () =>
    Effect.gen(function* () {
      const protections = messenger.capabilities.map(({ id, protection }) => [id, protection])
      assert.deepInclude(Object.fromEntries(protections), {
        mark_seen: "idempotent",
        typing: "unprotected",
        comment_reply: "unprotected"
      })
      for (const { id } of messenger.capabilities) {
        assert.strictEqual((yield* of(id)).retryUnknown > 0, id === "mark_seen", id)
      }
    })
  )

  const card = { title: "Shoes", buttons: [{ type: "web_url", url: "https://example.org", title: "Open" }] }
  const template = (payload: JsonObject) => ({ attachment: { type: "template", payload } })
  const passedOn: ReadonlyArray<readonly [id: string, message: JsonObject]> = [
    ["text", { text: "a", quick_replies: [{ content_type: "user_phone_number" }, { content_type: "user_email" }] }],
    ["text", { text: "a", quick_replies: [{ content_type: "text", title: "Red", payload: 1, image_url: "x" }] }],
    ["text", { text: "a", quick_replies: [{ content_type: "text", title: "t".repeat(21), payload: "p" }] }],
    ["text", { text: "a", quick_replies: [{ content_type: "location" }], more: { a: [1] } }],
    ["attachment", { attachment: { type: "hologram", payload: { a: 1 } } }],
    [
      "attachment",
      { ...template({ template_type: "generic", elements: [card] }), quick_replies: [{ content_type: "x" }] }
    ],
    ["template", template({ template_type: "generic", elements: [card], image_aspect_ratio: "square" })],
    ["template", template({ template_type: "button", text: "a", buttons: card.buttons })],
    ["template", template({ template_type: "receipt", order_number: "1" })]
  ]
  it.effect.each(passedOn)("an input of %s passes on unknown members to the provider: %j", ([id, message]) =>
    Effect.gen(function* () {
      const { body } = yield* send(id, message)
      assert.deepStrictEqual(body["message"], { ...message, metadata: callbackData })
    })
  )

  it.effect("a message may set notification type, messaging type and persona", () =>
    Effect.gen(function* () {
      const beside = { messaging_type: "UTILITY", notification_type: "SILENT_PUSH", persona_id: "1", tag: "ANY" }
      const { body } = yield* send("text", { text: "a", ...beside })
      assert.deepInclude(body, beside)
    })
  )

  it.effect("a message may go to a recipient that is named by another key than an id", () =>
    Effect.gen(function* () {
      const to = (name: string) => Effect.map(send("text", { text: "a" }, name), ({ body }) => body)
      assert.deepStrictEqual((yield* to("user_ref:a/b=="))["recipient"], { user_ref: "a/b==" })
      const opted = yield* to("notification_messages_token:12+3")
      assert.deepStrictEqual(opted["recipient"], { notification_messages_token: "12+3" })
      assert.notProperty(opted, "messaging_type")
      const post = yield* send("private_reply", { text: "a" }, "post_id:1_2")
      assert.deepStrictEqual(post.body["recipient"], { post_id: "1_2" })
      for (const wrongly of ["user_ref:", "phone:1", "comment_id:1"]) {
        assert.deepStrictEqual(yield* wrong("text", { text: "a" }, wrongly), ["to"], wrongly)
      }
    })
  )

  it.effect("a sender action has no message, no metadata and no receipt id", () =>
    Effect.gen(function* () {
      const acted = answered(200, { recipient_id: person })
      const typing = yield* send("typing", { sender_action: "typing_on" }, person, acted)
      assert.deepStrictEqual(typing.body, { recipient: { id: person }, sender_action: "typing_on" })
      assert.deepStrictEqual(typing.receipt, {})
      const seen = yield* send("mark_seen", {}, person, acted)
      assert.deepStrictEqual(seen.body, { recipient: { id: person }, sender_action: "mark_seen" })
      const other = yield* send("typing", { sender_action: "react", payload: { message_id: "m" } }, person, acted)
      assert.deepInclude(other.body, { sender_action: "react", payload: { message_id: "m" } })
    })
  )

  it.effect("a public reply is posted under the comment", () =>
    Effect.gen(function* () {
      const { at, body, receipt } = yield* send(
        "comment_reply",
        { message: "olá" },
        "1_2",
        answered(200, { id: "1_3" })
      )
      assert.strictEqual(at, "https://graph.facebook.com/v25.0/1_2/comments")
      assert.deepStrictEqual(body, { message: "olá" })
      assert.deepStrictEqual(receipt, { messageId: "1_3" })
    })
  )

  it("the Messenger connector is configured for a page by its id", () => {
    assert.deepStrictEqual(mistakesOf(messenger, raw), [])
    const accounts = { shop: { secrets: { accessToken: "t" }, settings: { pageId: "1/2" } } }
    assert.deepStrictEqual(mistakesOf(messenger, { ...raw, accounts }), ["accounts.shop.pageId"])
  })
})
