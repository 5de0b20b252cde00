import { assert, describe, it } from "@effect/vitest"
import { decode } from "../../../plugins/instagram/inbound/decode.ts"
import type { Json } from "../../../src/domain/json.ts"
import { readerOf } from "../opened.ts"
import { account, comment, message, withChange, withEntry } from "./samples.ts"

const { only, reasons } = readerOf(decode)
const second = 1_780_000_000

/** One change, in a list as the wire has it and laid flat as the documentation shows it for Instagram Login. */
const both = (field: string, value: Json) => [
  withChange(field, value),
  withEntry({ time: second, field, value }),
  [withEntry({ time: second, field, value })]
]

describe("Instagram comments", () => {
  it("a comment decodes to the same event from a list of changes and from a flat entry", () => {
    for (const body of both("comments", comment)) {
      assert.deepStrictEqual(only(body), {
        _tag: "Event",
        providerAccount: account,
        kind: "message",
        type: "message.comment",
        identity: ["comment", comment.id],
        weakIdentity: false,
        conversation: comment.from.id,
        occurredAt: second * 1000,
        personal: { providerId: comment.id, from: comment.from.id, content: comment }
      })
    }
  })

  it("a comment may have its id under either name, or none", () => {
    const { id, ...bare } = comment
    const named = only(withChange("live_comments", { ...bare, comment_id: id, parent_id: "18000000000000000" }))
    assert.deepStrictEqual(
      [named.type, named.identity, named.personal.providerId],
      ["message.live_comment", ["comment", id], id]
    )
    const nameless = only(withChange("comments", bare))
    assert.isTrue(nameless.weakIdentity)
    assert.strictEqual(nameless.personal.providerId, "")
  })

  it("a comment of the account itself decodes to an echo", () => {
    for (const body of both("comments", { ...comment, from: { id: account, username: "shop" } })) {
      const own = only(body)
      assert.deepStrictEqual([own.kind, own.type], ["echo", "echo.comment"])
      assert.strictEqual(own.personal.providerId, comment.id)
      assert.strictEqual(own.conversation, "media:17900000000000001")
    }
  })

  it.each([
    ["an id of its own alone", { from: { username: "shop", self_ig_scoped_id: "15550000000000077" } }],
    ["both ids", { from: { id: account, username: "shop", self_ig_scoped_id: "15550000000000077" } }],
    ["an id of its own beside another", { from: { id: "7", self_ig_scoped_id: "15550000000000077" } }],
    ["a mark on its author", { from: { id: "7", is_self: true } }],
    ["a mark on the comment", { is_self: true }],
    ["a mark as an echo", { is_echo: true }]
  ])("a comment of the account itself is recognised by %s", (_, more) => {
    for (const field of ["comments", "live_comments"]) {
      const own = only(withChange(field, { ...comment, ...more }))
      assert.strictEqual(own.kind, "echo")
      assert.strictEqual(own.conversation, "media:17900000000000001")
      assert.deepStrictEqual(own.identity, ["comment", comment.id])
    }
    assert.strictEqual(only(withChange("comments", { ...comment, self_ig_scoped_id: "7" })).kind, "message")
    assert.strictEqual(
      only(withChange("comments", { ...comment, from: { ...comment.from, is_self: false } })).kind,
      "message"
    )
  })

  it("a comment without an author belongs to its media, and without either to the account", () => {
    const { from, media, ...bare } = comment
    assert.strictEqual(only(withChange("comments", { ...bare, media })).conversation, `media:${media.id}`)
    assert.isUndefined(only(withChange("comments", bare)).conversation)
    assert.strictEqual(only(withChange("comments", { ...bare, from })).conversation, from.id)
  })

  it("a mention decodes from a comment and from a caption", () => {
    const media = "17900000000000001"
    const inComment = only(withChange("mentions", { media_id: media, comment_id: "18000000000000002" }))
    assert.deepInclude(inComment, { kind: "message", type: "message.mention", conversation: `media:${media}` })
    assert.deepStrictEqual(inComment.identity, ["mention", media, "18000000000000002"])
    const inCaption = only(withChange("mentions", { media_id: media }))
    assert.deepStrictEqual(inCaption.identity, ["mention", media, ""])
    assert.strictEqual(inCaption.personal.providerId, media)
  })

  it("account events and unknown fields decode beside comments", () => {
    const insights = only(withChange("story_insights", { media_id: "1", impressions: 4, replies: -1 }))
    assert.deepInclude(insights, { kind: "account", type: "account.story_insights", weakIdentity: true })
    const unknown = only(withChange("holograms", { x: 1 }))
    assert.deepInclude(unknown, { kind: "unknown", type: "unknown", weakIdentity: true })
    assert.deepStrictEqual(unknown.personal.content, { field: "holograms", value: { x: 1 } })
  })

  it("a malformed comment is undecodable by itself", () => {
    assert.deepStrictEqual(reasons(withChange("comments", "a")), ["the value of a change is not an object"])
    assert.deepStrictEqual(reasons(withEntry({ changes: [7, { field: "comments", value: comment }] })), [
      "a change is not an object",
      "message.comment"
    ])
    assert.deepStrictEqual(reasons(withEntry({ changes: {} })), ["the changes of an entry are not a list"])
    assert.deepStrictEqual(reasons(withEntry({ value: comment })), ["unknown"])
  })

  it("a direct message that arrives as a change decodes to a message", () => {
    const event = only(withChange("messages", message({ text: "a" })))
    assert.deepStrictEqual([event.type, event.identity], ["message.text", ["message", "m_1"]])
  })
})
