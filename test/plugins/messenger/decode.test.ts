import { assert, describe, it } from "@effect/vitest"
import { decode } from "../../../plugins/messenger/inbound/decode.ts"
import { readerOf } from "../opened.ts"
import { at, fromPage, fromPerson, page, person, withEntry, withMessaging } from "./samples.ts"

const { only, opened, reasons } = readerOf(decode)

describe("Messenger events", () => {
  it("a message decodes to an event with id, author, time and the whole item", () => {
    const item = fromPerson({ message: { mid: "m_1", text: "olá" } })
    assert.deepStrictEqual(only(withMessaging(item)), {
      _tag: "Event",
      providerAccount: page,
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
    "image",
    "audio",
    "video",
    "file",
    "location",
    "template",
    "fallback",
    "reel",
    "ig_reel",
    "post",
    "sticker",
    "appointment_booking"
  ])("a message with an attachment decodes to the type %s", (type) => {
    const both = fromPerson({ message: { mid: "m_1", attachments: [{ type, payload: {} }, { type: "image" }] } })
    assert.strictEqual(only(withMessaging(both)).type, `message.${type}`)
  })

  it.each([
    ["message", "message.postback", { postback: { mid: "m_2", title: "Start", payload: "START" } }],
    ["message", "message.postback", { postback: { title: "Start", payload: "START", referral: { ref: "r" } } }],
    ["message", "message.reaction", { reaction: { mid: "m_2", action: "react", emoji: "❤" } }],
    ["message", "message.edit", { message_edit: { mid: "m_2", text: "b", num_edit: 1 } }],
    ["message", "message.referral", { referral: { ref: "r", source: "SHORTLINK", type: "OPEN_THREAD" } }],
    ["message", "message.optin", { optin: { type: "notification_messages" } }],
    ["message", "message.account_linking", { account_linking: { status: "linked" } }],
    ["status", "status.delivered", { delivery: { mids: ["m_1"], watermark: at } }],
    ["status", "status.delivered", { delivery: { watermark: at } }],
    ["status", "status.read", { read: { watermark: at } }],
    ["account", "account.policy_enforcement", { policy_enforcement: { action: "warning" } }],
    ["account", "account.pass_thread_control", { pass_thread_control: { new_owner_app_id: "1" } }],
    ["account", "account.take_thread_control", { take_thread_control: { previous_owner_app_id: "1" } }],
    ["account", "account.request_thread_control", { request_thread_control: { requested_owner_app_id: 1 } }],
    ["account", "account.app_roles", { app_roles: { "1": ["primary_receiver"] } }],
    ["message", "message.order", { order: { products: [{ id: 1 }], note: "a" } }],
    ["message", "message.messaging_feedback", { messaging_feedback: { feedback_screens: [] } }],
    ["message", "message.response_feedback", { response_feedback: { mid: "m_2", feedback: "good" } }],
    ["unknown", "unknown", { hologram: {} }]
  ] as const)("an item decodes to kind %s and type %s: %j", (kind, type, more) => {
    const event = only(withMessaging(fromPerson(more)))
    assert.deepStrictEqual([event.kind, event.type, event.conversation], [kind, type, person])
  })

  it("G18 the echo of our own message carries our callback data", () => {
    const metadata = "c1.deployment.int_1.1.mac"
    const echo = only(withMessaging(fromPage({ text: "olá", metadata })))
    assert.deepStrictEqual([echo.kind, echo.type, echo.personal.providerId], ["echo", "echo.text", "m_1"])
    assert.deepStrictEqual(echo.evidence, { status: "sent", callbackData: metadata })
    assert.strictEqual(echo.conversation, person)
    assert.notProperty(only(withMessaging(fromPage({ text: "from the inbox" }))), "evidence")
  })

  it("G18 a person's message or another app's conversation carries no callback data", () => {
    const message = { mid: "m_1", text: "a", metadata: "c1.x" }
    assert.notProperty(only(withMessaging(fromPerson({ message }))), "evidence")
    assert.notProperty(only(withEntry({ standby: [fromPage({ metadata: "c1.x", text: "a" })] })), "evidence")
  })

  it("a text with a link preview stays a text, and a preview alone is an attachment", () => {
    const preview = { type: "fallback", payload: { url: "https://example.invalid/", title: "t" } }
    const typeOf = (message: object) => only(withMessaging(fromPerson({ message: { mid: "m_1", ...message } }))).type
    assert.strictEqual(typeOf({ text: "look", attachments: [preview] }), "message.text")
    assert.strictEqual(typeOf({ text: "look", attachments: [preview, { type: "image" }] }), "message.fallback")
    assert.strictEqual(typeOf({ text: "look", attachments: [{ type: "image" }] }), "message.image")
    assert.strictEqual(typeOf({ attachments: [preview] }), "message.fallback")
    assert.strictEqual(only(withMessaging(fromPage({ text: "look", attachments: [preview] }))).type, "echo.text")
  })

  it("an event that names no person belongs to the page", () => {
    const event = only(
      withMessaging({ recipient: { id: page }, timestamp: at, app_roles: { "1": ["primary_receiver"] } })
    )
    assert.deepStrictEqual([event.type, event.providerAccount], ["account.app_roles", page])
    assert.isUndefined(event.conversation)
  })

  it("G12 an unknown item keeps its identity when its type is named later", () => {
    const recentType = { take_thread_control: { previous_owner_app_id: "1" } }
    assert.strictEqual(only(withMessaging(fromPerson(recentType))).identity[0], "unknown")
    assert.strictEqual(only(withMessaging(fromPerson({ pass_thread_control: {} }))).identity[0], "pass_thread_control")
  })

  it("an event takes its time from milliseconds and from seconds", () => {
    const times = [1_780_000_000_123, 1_780_000_000].map(
      (timestamp) => only(withMessaging({ ...fromPerson({ read: { watermark: 1 } }), timestamp })).occurredAt
    )
    assert.deepStrictEqual(times, [1_780_000_000_123, 1_780_000_000_000])
  })

  it("a change of the page as a whole is kept whole as an account event", () => {
    const value = { item: "comment", verb: "add", comment_id: "1_2" }
    const feed = only(withEntry({ changes: [{ field: "feed", value }] }))
    assert.deepInclude(feed, { kind: "account", type: "account.feed", weakIdentity: true })
    assert.deepStrictEqual(feed.personal.content, value)
    assert.deepStrictEqual(reasons(withEntry({ changes: [{ field: "ratings", value }] })), ["unknown"])
  })

  it("a malformed item is undecodable by itself, and its siblings decode", () => {
    const message = fromPerson({ message: { mid: "m_1", text: "a" } })
    assert.deepStrictEqual(reasons(withMessaging(7, message, fromPerson({ delivery: [] }))), [
      "an item of an entry is not an object",
      "message.text",
      "what happened is not an object"
    ])
    assert.lengthOf(opened([withMessaging(message), withMessaging(message)]), 2)
  })
})
