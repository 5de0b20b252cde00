import { assert, describe, it } from "@effect/vitest"
import { decode } from "../../../plugins/instagram/inbound/decode.ts"
import { readerOf } from "../opened.ts"
import { account, at, fromAccount, fromPerson, message, person, withEntry, withMessaging } from "./samples.ts"

const { only, opened, reasons } = readerOf(decode)

describe("Instagram direct messages", () => {
  it("a message decodes to an event with id, author, time and the whole item", () => {
    const item = message({ text: "olá" })
    assert.deepStrictEqual(only(withMessaging(item)), {
      _tag: "Event",
      providerAccount: account,
      kind: "message",
      type: "message.text",
      identity: ["message", "m_1"],
      weakIdentity: false,
      conversation: person,
      occurredAt: at,
      personal: { providerId: "m_1", from: person, content: item }
    })
  })

  it.each([
    ["text", { text: "a" }],
    ["text", { text: "a", reply_to: { mid: "m_0" } }],
    ["text", { text: "a", referral: { ref: "r", ad_id: "1", source: "ADS", type: "OPEN_THREAD" } }],
    ["quick_reply", { text: "Yes", quick_reply: { payload: "YES" } }],
    ["story_reply", { text: "a", reply_to: { story: { id: "1", url: "https://cdn.example/1" } } }],
    ["story_mention", { attachments: [{ type: "story_mention", payload: { url: "https://cdn.example/1" } }] }],
    ["image", { attachments: [{ type: "image", payload: { url: "https://cdn.example/1" } }] }],
    ["video", { attachments: [{ type: "video", payload: {} }, { type: "image" }] }],
    ["audio", { attachments: [{ type: "audio" }] }],
    ["file", { attachments: [{ type: "file" }] }],
    ["share", { attachments: [{ type: "share" }] }],
    ["ig_reel", { attachments: [{ type: "ig_reel" }] }],
    ["reel", { attachments: [{ type: "reel" }] }],
    ["ig_post", { attachments: [{ type: "ig_post" }] }],
    ["ephemeral", { attachments: [{ type: "ephemeral" }] }],
    ["like_heart", { attachments: [{ type: "like_heart" }] }],
    ["attachment", { attachments: [{ type: "hologram" }] }],
    ["attachment", { attachments: [{}] }],
    ["unsupported", { is_unsupported: true }],
    ["deleted", { is_deleted: true }]
  ])("a message decodes to the type %s: %j", (name, more) => {
    const event = only(withMessaging(message(more)))
    assert.deepStrictEqual([event.kind, event.type], ["message", `message.${name}`])
    assert.strictEqual(event.personal.providerId, "m_1")
  })

  it("a message without known content is kept whole as unknown", () => {
    const item = message({ hologram: true })
    const event = only(withMessaging(item))
    assert.deepStrictEqual([event.kind, event.type, event.personal.content], ["unknown", "unknown", item])
  })

  it.each([
    ["message.postback", { postback: { mid: "m_2", title: "Start", payload: "START" } }],
    ["message.reaction", { reaction: { mid: "m_2", action: "react", reaction: "love", emoji: "❤" } }],
    ["message.reaction", { reaction: { mid: "m_2", action: "unreact" } }],
    ["message.edit", { message_edit: { mid: "m_2", text: "b", num_edit: 1 } }],
    ["message.referral", { referral: { ref: "r", source: "IGME", type: "OPEN_THREAD" } }],
    ["status.read", { read: { mid: "m_2" } }]
  ])("an item decodes to %s: %j", (type, more) => {
    const event = only(withMessaging(fromPerson(more)))
    assert.strictEqual(event.type, type)
    assert.strictEqual(event.kind, type.startsWith("status") ? "status" : "message")
    assert.strictEqual(event.conversation, person)
  })

  it("a message of the account itself decodes to an echo, however the provider marks it", () => {
    const marked = { mid: "m_1", text: "a", is_echo: true }
    for (const item of [
      fromAccount({ message: { mid: "m_1", text: "a" } }),
      fromAccount({ message: marked }),
      { ...fromAccount({ message: { ...marked, is_echo: false, is_self: true } }), recipient: { id: account } }
    ]) {
      const event = only(withMessaging(item))
      assert.deepStrictEqual([event.kind, event.type, event.identity], ["echo", "echo.text", ["echo", "m_1"]])
      assert.strictEqual(event.providerAccount, account)
      assert.strictEqual(event.personal.providerId, "m_1")
    }
    const reaction = only(withMessaging(fromAccount({ reaction: { mid: "m_2", action: "react" } })))
    assert.deepStrictEqual([reaction.kind, reaction.type], ["echo", "echo.reaction"])
    assert.strictEqual(reaction.conversation, person)
  })

  it("G18 an echo alone carries our callback data", () => {
    const metadata = "c1.d.int_1.1.mac"
    const echo = only(withMessaging(fromAccount({ message: { mid: "m_1", text: "a", is_echo: true, metadata } })))
    assert.deepStrictEqual(echo.evidence, { status: "sent", callbackData: metadata })
    assert.notProperty(only(withMessaging(message({ text: "a", metadata }))), "evidence")
    assert.notProperty(only(withMessaging(fromAccount({ message: { mid: "m_1", text: "a" } }))), "evidence")
  })

  it("a message of another app's conversation decodes to an account event", () => {
    const item = message({ text: "a" })
    const event = only(withEntry({ standby: [item] }))
    assert.deepStrictEqual([event.kind, event.type], ["account", "standby.text"])
    assert.deepStrictEqual(event.identity, ["standby", "message", "m_1"])
  })

  it.each([
    ["milliseconds", 1_780_000_000_123, 1_780_000_000_123],
    ["milliseconds as text", "1780000000123", 1_780_000_000_123],
    ["seconds", 1_780_000_000, 1_780_000_000_000],
    ["ISO 8601 without a colon", "2021-09-08T06:34:04+0000", 1_631_082_844_000],
    ["ISO 8601 in another zone", "2021-09-08T08:34:04+02:00", 1_631_082_844_000],
    ["no time", "yesterday", at + 500],
    ["a negative time", -5, at + 500],
    ["nothing", null, at + 500]
  ])("a message takes its time from %s", (_, timestamp, expected) => {
    assert.strictEqual(only(withMessaging({ ...message({ text: "a" }), timestamp })).occurredAt, expected)
  })

  it("a test event belongs to its recipient, since its entry has the id 0", () => {
    const test = { ...message({ text: "a" }), timestamp: "2021-09-08T06:34:04+0000" }
    assert.strictEqual(only(withEntry({ messaging: [test] }, "0")).providerAccount, account)
    const echo = fromAccount({ message: { mid: "m_1", text: "a", is_echo: true } })
    assert.deepInclude(only(withEntry({ messaging: [echo] }, "0")), { providerAccount: account, kind: "echo" })
  })

  it("messages decode from any number of entries and items, also in a list around the body", () => {
    const one = withMessaging(message({ text: "a" }), fromPerson({ read: { mid: "m_0" } }))
    const types = ["message.text", "status.read"]
    assert.deepStrictEqual(reasons(one), types)
    assert.deepStrictEqual(reasons([one, one]), [...types, ...types])
    assert.lengthOf(opened([one]), 2)
  })

  it("a malformed message is undecodable by itself, and its siblings decode", () => {
    assert.deepStrictEqual(reasons(withMessaging("a", message({ text: "a" }), fromPerson({ read: 7 }))), [
      "an item of an entry is not an object",
      "message.text",
      "what happened is not an object"
    ])
    assert.deepStrictEqual(reasons(withEntry({ messaging: {} })), ["the items of an entry are not a list"])
    assert.deepStrictEqual(reasons(withEntry({})), ["an entry tells nothing"])
    assert.deepStrictEqual(reasons({ object: "instagram", entry: [7] }), ["an entry is not an object"])
    for (const body of [{}, [], [[]], null, 1, "", { entry: [] }, { entry: {} }]) {
      assert.deepStrictEqual(reasons(body), ["the body lists no entries"])
    }
  })

  it("an item with unknown members or lists is kept whole beside its siblings", () => {
    const item = fromPerson({ hologram: { x: 1 } })
    const event = only(withMessaging(item))
    assert.deepStrictEqual([event.kind, event.weakIdentity, event.personal.content], ["unknown", true, item])
    const more = opened(withEntry({ messaging: [message({ text: "a" })], holograms: [{ x: 1 }] }))
    assert.deepStrictEqual(
      more.map(({ type }) => type),
      ["message.text", "unknown"]
    )
    assert.deepStrictEqual(more[1]?.personal.content, { holograms: [{ x: 1 }] })
  })
})
