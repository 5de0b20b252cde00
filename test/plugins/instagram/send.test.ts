import { createHmac } from "node:crypto"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type { JsonObject } from "../../../src/domain/json.ts"
import { NotSent, OutcomeUnknown } from "../../../src/connector/provider-http.ts"
import { answered } from "../../fakes/provider-http.ts"
import { capabilityOf, issuesOf, performed } from "../bound.ts"
import { channel, channelWith, pageId, raw } from "./channel.ts"
import { account, person } from "./samples.ts"

const accepted = answered(200, { recipient_id: person, message_id: "m_new" })
const acted = answered(200, { recipient_id: person })
const comment = "18000000000000001"

const of = (id: string, alias = "shop") => Effect.map(channel, (bound) => capabilityOf(bound, alias, id))
const send = Effect.fnUntraced(function* (id: string, input: unknown, to = person, end = accepted, alias = "shop") {
  return yield* performed(yield* of(id, alias), input, to, end)
})
const wrong = Effect.fnUntraced(function* (id: string, input: unknown, to: string | undefined = person) {
  return issuesOf(yield* of(id), input, to)
})
const proof = (secret: string, token: string) => createHmac("sha256", secret).update(token).digest("hex")

describe("direct messages to Instagram", () => {
  it.effect("a message by Instagram Login is sent from the account, with the proof of its app secret", () =>
    Effect.gen(function* () {
      const sent = yield* send("text", { text: "olá" })
      assert.deepStrictEqual(sent, {
        receipt: { messageId: "m_new" },
        method: "POST",
        at: `https://graph.instagram.com/v25.0/${account}/messages`,
        query: { appsecret_proof: proof("instagram/app-secret", "instagram/shop") },
        token: "instagram/shop",
        body: { recipient: { id: person }, message: { text: "olá" } }
      })
    })
  )

  it.effect("a message by Facebook Login is sent from the page, with the secret of the other app", () =>
    Effect.gen(function* () {
      const sent = yield* send("text", { text: "olá" }, person, accepted, "linked")
      assert.strictEqual(sent.at, `https://graph.facebook.com/v25.0/${pageId}/messages`)
      assert.deepStrictEqual(sent.query, { appsecret_proof: proof("meta/app-secret", "instagram/linked") })
      const settings = { login: "facebook", graph: { version: "v25.0", baseUrl: "http://127.0.0.1:9" } }
      const bare = capabilityOf(yield* channelWith({ ...raw, settings }), "shop", "text")
      const me = yield* performed(bare, { text: "a" }, person, accepted)
      assert.strictEqual(me.at, "http://127.0.0.1:9/v25.0/me/messages")
    })
  )

  it.effect("a message carries no app secret proof when the operator disables that", () =>
    Effect.gen(function* () {
      const settings = { graph: { version: "v25.0", appSecretProof: false } }
      const bare = capabilityOf(yield* channelWith({ ...raw, settings }), "shop", "text")
      assert.deepStrictEqual((yield* performed(bare, { text: "a" }, person, accepted)).query, {})
    })
  )

  it.effect("a message may have quick replies, reply to another, and carry the human agent tag", () =>
    Effect.gen(function* () {
      const replies = [{ content_type: "text", title: "Yes", payload: "YES" }]
      const { body } = yield* send("text", {
        text: "olá",
        quick_replies: replies,
        tag: "HUMAN_AGENT",
        reply_to: { mid: "m_1" }
      })
      assert.deepStrictEqual(body, {
        recipient: { id: person },
        message: { text: "olá", quick_replies: replies },
        messaging_type: "MESSAGE_TAG",
        tag: "HUMAN_AGENT",
        reply_to: { mid: "m_1" }
      })
    })
  )

  it.effect("G18 a message carries no callback data, which Instagram does not return", () =>
    Effect.gen(function* () {
      assert.notInclude(JSON.stringify((yield* send("text", { text: "olá" })).body), "c1.sample")
    })
  )

  it.effect("a message may be an attachment without a text", () =>
    Effect.gen(function* () {
      const attachment = { type: "image", payload: { url: "https://cdn.example/1.jpg" } }
      const { body } = yield* send("attachment", { attachment })
      assert.deepStrictEqual(body, { recipient: { id: person }, message: { attachment } })
      const replies = [{ content_type: "text", title: "Yes", payload: "YES" }]
      const beside = yield* send("attachment", { attachment, quick_replies: replies })
      assert.deepStrictEqual(beside.body["message"], { attachment, quick_replies: replies })
    })
  )

  it.effect.each([
    ["a", "1000 letters", "a".repeat(1000), []],
    ["b", "1001 letters", "a".repeat(1001), ["input.text"]],
    ["c", "500 letters of two bytes", "é".repeat(500), []],
    ["d", "501 letters of two bytes", "é".repeat(501), ["input.text"]],
    ["e", "250 emoji of four bytes", "👍".repeat(250), []],
    ["f", "251 emoji of four bytes", "👍".repeat(251), ["input.text"]],
    ["g", "nothing", "", ["input.text"]]
  ] as const)("(%s) the limit of a text counts bytes of UTF-8: %s", ([, , text, paths]) =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* wrong("text", { text }), [...paths])
      assert.deepStrictEqual(yield* wrong("private_reply", { text }, comment), [...paths])
    })
  )

  const reply = (title: string, more = {}) => ({ content_type: "text", title, payload: "p", ...more })
  it.effect.each([
    ["text", {}, ["input.text"]],
    ["text", { text: "a", quick_replies: [] }, ["input.quick_replies"]],
    ["text", { text: "a", quick_replies: Array(14).fill(reply("a")) }, ["input.quick_replies"]],
    ["text", { text: "a", quick_replies: [reply("")] }, ["input.quick_replies.0.title"]],
    ["text", { text: "a", quick_replies: [{ title: "a" }] }, ["input.quick_replies.0.content_type"]],
    ["template", { attachment: { type: "image", payload: { template_type: "x" } } }, ["input.attachment.type"]],
    ["attachment", { attachment: { type: "image", payload: { url: "file:/a" } } }, ["input.attachment.payload.url"]],
    ["attachment", { attachment: { type: "image", payload: {} } }, ["input.attachment.payload.url"]],
    ["typing", { sender_action: "mark_seen" }, ["input.sender_action"]],
    ["mark_seen", { sender_action: "typing_on" }, ["input.sender_action"]],
    ["comment_hide", { hide: "yes" }, ["input.hide"]],
    ["comment_reply", { message: "" }, ["input.message"]]
  ] as const)("an invalid input of %s is rejected with the path of each error: %j", ([id, input, paths]) =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* wrong(id, input), [...paths])
    })
  )

  const passedOn: ReadonlyArray<readonly [id: string, message: JsonObject]> = [
    ["text", { text: "a", quick_replies: [reply("a".repeat(21), { image: 1 })] }],
    ["text", { text: "a", quick_replies: [{ content_type: "user_email" }], metadata: "m" }],
    ["attachment", { attachment: { type: "MEDIA_SHARE", payload: { id: "1" } } }],
    ["attachment", { attachment: { type: "like_heart" } }],
    [
      "template",
      { attachment: { type: "template", payload: { template_type: "generic", elements: [{ title: "a" }] } } }
    ],
    [
      "template",
      {
        attachment: {
          type: "template",
          payload: { template_type: "button", text: "a", buttons: [{ type: "postback" }] }
        }
      }
    ]
  ]
  it.effect.each(passedOn)("an input of %s passes on unknown members to the provider: %j", ([id, message]) =>
    Effect.gen(function* () {
      assert.deepStrictEqual((yield* send(id, message)).body, { recipient: { id: person }, message })
    })
  )

  it.effect("a message may have an undocumented tag with its own messaging type", () =>
    Effect.gen(function* () {
      const beside = { tag: "ANY", messaging_type: "UPDATE" }
      assert.deepInclude((yield* send("text", { text: "a", ...beside })).body, beside)
    })
  )

  it.effect.each(["", "+15550102030", "1/../me", "a b", "1\n", "1".repeat(129)])(
    "the recipient %j is rejected before the claim",
    (to) =>
      Effect.gen(function* () {
        for (const id of ["text", "typing"]) {
          const input = id === "text" ? { text: "a" } : { sender_action: "typing_on" }
          assert.deepStrictEqual(yield* wrong(id, input, to), ["to"])
        }
        assert.deepStrictEqual(yield* wrong("comment_reply", { message: "a" }, to), ["to"])
      })
  )
})

describe("Instagram sender actions", () => {
  it.effect.each([
    ["typing", { sender_action: "typing_on" }, { sender_action: "typing_on" }],
    ["mark_seen", {}, { sender_action: "mark_seen" }],
    [
      "reaction",
      { sender_action: "react", payload: { message_id: "m_1", reaction: "love" } },
      { sender_action: "react", payload: { message_id: "m_1", reaction: "love" } }
    ],
    [
      "reaction",
      { sender_action: "unreact", payload: { message_id: "m_1" } },
      { sender_action: "unreact", payload: { message_id: "m_1" } }
    ]
  ] as const)("the action %s is one call without message and receipt id: %j", ([id, input, body]) =>
    Effect.gen(function* () {
      const sent = yield* send(id, input, person, acted)
      assert.deepStrictEqual(sent.body, { recipient: { id: person }, ...body })
      assert.deepStrictEqual(sent.receipt, {})
    })
  )

  it.effect("a reaction needs its kind to react, and none to be removed", () =>
    Effect.gen(function* () {
      assert.isNotEmpty(yield* wrong("reaction", { sender_action: "react", payload: { message_id: "m" } }))
      const both = { sender_action: "unreact", payload: { message_id: "m", reaction: "love" } }
      assert.deepStrictEqual(yield* wrong("reaction", both), [])
      assert.deepStrictEqual(yield* wrong("reaction", { sender_action: "typing_on" }), ["input.sender_action"])
      assert.deepStrictEqual(yield* wrong("typing", { sender_action: "react" }), ["input.sender_action"])
      assert.deepStrictEqual(yield* wrong("typing", { sender_action: "waving" }), [])
    })
  )
})

describe("Instagram comment replies", () => {
  it.effect("a public reply is posted under the comment", () =>
    Effect.gen(function* () {
      const { receipt, at, query } = yield* send(
        "comment_reply",
        { message: "thé & ça?" },
        comment,
        answered(200, { id: "9" })
      )
      assert.strictEqual(at, `https://graph.instagram.com/v25.0/${comment}/replies`)
      assert.strictEqual(query["message"], "thé & ça?")
      assert.deepStrictEqual(receipt, { messageId: "9" })
    })
  )

  it.effect("a private reply is a message to the comment", () =>
    Effect.gen(function* () {
      const { body, receipt } = yield* send("private_reply", { text: "olá" }, comment)
      assert.deepStrictEqual(body, { recipient: { comment_id: comment }, message: { text: "olá" } })
      assert.deepStrictEqual(receipt, { messageId: "m_new" })
    })
  )

  it.effect("a comment is hidden and shown again by one call each", () =>
    Effect.gen(function* () {
      for (const hide of [true, false]) {
        const { at, query, method } = yield* send("comment_hide", { hide }, comment, answered(200, { success: true }))
        assert.deepStrictEqual([method, at], ["POST", `https://graph.instagram.com/v25.0/${comment}`])
        assert.strictEqual(query["hide"], String(hide))
      }
    })
  )
})

describe("Instagram comment deletion", () => {
  it.effect("a comment is deleted by one call to its id, and G21 the call is never repeated", () =>
    Effect.gen(function* () {
      const { at, method, receipt } = yield* send("comment_delete", {}, comment, answered(200, { success: true }))
      assert.deepStrictEqual([method, at], ["DELETE", `https://graph.instagram.com/v25.0/${comment}`])
      assert.deepStrictEqual(receipt, {})
      assert.deepInclude(yield* of("comment_delete"), { protection: "unprotected", retryUnknown: 0 })
      assert.deepInclude(yield* of("template"), { protection: "unprotected", retryUnknown: 0 })
    })
  )
})

describe("outcome of a call to Instagram", () => {
  it.effect.each([
    ["200 without an id", answered(200, { recipient_id: person }), "unknown"],
    ["HTML", answered(502, "<html>"), "unknown"],
    ["nothing", answered(200, ""), "unknown"],
    ["sent although an error was answered", answered(400, { error: { code: 1, error_subcode: 1_357_046 } }), "unknown"],
    ["a lost connection", new OutcomeUnknown({ reason: "connection_lost" }), "unknown"],
    ["a refused connection", new NotSent({ reason: "refused" }), "not_applied"],
    ["a closed window", answered(403, { error: { code: 10, error_subcode: 2_534_022 } }), "not_applied"],
    ["a rate limit", answered(400, { error: { code: 613, error_subcode: 2_534_040 } }), "not_applied"],
    ["a second private reply", answered(400, { error: { code: 10_900 } }), "not_applied"]
  ] as const)(
    "G19 a call that ended in %s has its certainty, and its failure shows neither person nor text",
    ([, end, certainty]) =>
      Effect.gen(function* () {
        const failure = yield* Effect.flip(performed(yield* of("text"), { text: "canary" }, person, end))
        assert.strictEqual(failure.certainty, certainty)
        for (const secret of [person, "canary"]) assert.notInclude(JSON.stringify(failure), secret)
      })
  )
})
