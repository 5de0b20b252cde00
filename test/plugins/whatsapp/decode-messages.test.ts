import { assert, describe, it } from "@effect/vitest"
import type { JsonObject } from "../../../src/domain/json.ts"
import { only, opened } from "./decoded.ts"
import { contact, everyType, interactiveWithoutObject, text, withMessages, withoutPhone } from "./samples/messages.ts"
import { customer, metadata, phoneNumberId, userId, webhook } from "./samples/webhook.ts"

describe("WhatsApp messages", () => {
  it("a message decodes to one event that keeps the provider's own object whole", () => {
    assert.deepStrictEqual(only(withMessages([text], { contacts: [contact] })), {
      _tag: "Event",
      providerAccount: phoneNumberId,
      kind: "message",
      type: "message.text",
      identity: ["message", "wamid.sample-1"],
      weakIdentity: false,
      conversation: customer,
      learned: { id: customer, alias: userId },
      formerly: userId,
      occurredAt: 1780000000000,
      personal: { providerId: "wamid.sample-1", from: customer, content: text, contact }
    })
  })

  it.each(everyType.map((message) => ({ type: String(message["type"]), message })))(
    "a message of type $type is known",
    ({ type, message }) => {
      const event = only(withMessages([message]))
      assert.deepInclude(event, { kind: "message", type: `message.${type}`, identity: ["message", "wamid.sample-1"] })
      assert.strictEqual(event.personal.content, message)
    }
  )

  it.each(["poll_of_tomorrow", "constructor", "__proto__", "text ", 7, null])(
    "a message of type %j is kept as unknown",
    (type) => {
      const message = { ...text, type }
      const event = only(withMessages([message]))
      assert.deepInclude(event, { kind: "unknown", type: "unknown", identity: ["message", "wamid.sample-1"] })
      assert.strictEqual(event.personal.content, message)
    }
  )

  it("a message of a person without a phone number decodes under the user id", () => {
    const event = only(withoutPhone)
    assert.strictEqual(event.conversation, userId)
    assert.strictEqual(event.personal.from, userId)
    assert.deepNestedInclude(event.personal.contact, { user_id: userId })
  })

  it("a message may lack the object of its type and carry errors instead", () => {
    const event = only(interactiveWithoutObject)
    assert.strictEqual(event.type, "message.interactive")
    assert.deepStrictEqual(event.personal.errors, [{ code: 131000, title: "Something went wrong" }])
  })

  it("a message is ordered by its group, else by phone number, else by user id", () => {
    const conversationOf = (message: object, contacts: ReadonlyArray<typeof contact> = []) =>
      only(withMessages([{ ...text, ...message }], { contacts })).conversation
    assert.strictEqual(conversationOf({ group_id: "Z3JvdXA=", from_user_id: userId }, [contact]), "Z3JvdXA=")
    assert.strictEqual(conversationOf({ from_user_id: userId }), customer)
    assert.strictEqual(conversationOf({ from: null, from_user_id: userId }), userId)
    assert.strictEqual(conversationOf({}, [contact]), customer)
    assert.strictEqual(conversationOf({ from: null, from_user_id: userId }, [contact]), customer)
    assert.strictEqual(conversationOf({ from: `+${customer}` }), customer)
    assert.strictEqual(conversationOf({}), customer)
    assert.strictEqual(conversationOf({}, [{ user_id: "BR.someone-else", wa_id: "15550109999" }]), customer)
  })

  it("each of several messages belongs to its own sender", () => {
    const other = { profile: { name: "Another" }, wa_id: "15550102031", user_id: "BR.2" }
    const [first, second, third] = opened(
      withMessages([{ ...text, from: "15550102031", id: "a" }, text, { ...text, from: "15550109999", id: "c" }], {
        contacts: [contact, other]
      })
    )
    assert.deepStrictEqual([first?.conversation, first?.personal.contact], ["15550102031", other])
    assert.deepStrictEqual([second?.conversation, second?.personal.contact], [customer, contact])
    assert.deepStrictEqual([third?.conversation, third?.personal.contact], ["15550109999", undefined])
  })

  it("a message without sender does not get the only contact when several people write", () => {
    const nameless = { id: "b", type: "text", timestamp: "1780000000" }
    const [known, other] = opened(withMessages([text, nameless], { contacts: [contact] }))
    assert.deepStrictEqual(known?.personal.contact, contact)
    assert.deepStrictEqual([other?.conversation, other?.personal.contact], [undefined, undefined])
    assert.deepStrictEqual(only(withMessages([nameless], { contacts: [contact] })).personal.from, customer)
  })

  it("a message gets the contact with either of its ids, and never a foreign one", () => {
    const byUser = { user_id: userId }
    const byPhone = { wa_id: customer }
    const others = { user_id: "BR.2", wa_id: "15550102031" }
    const contactIn = (contacts: ReadonlyArray<JsonObject>, sender: JsonObject) => {
      const messages = [
        { ...text, from: null, ...sender },
        { ...text, from: "15550102031", id: "b" }
      ]
      return opened(withMessages(messages, { contacts }))[0]?.personal.contact
    }
    for (const more of [[], [others]]) {
      assert.deepStrictEqual(contactIn([byUser, ...more], { from_user_id: userId, from: customer }), byUser)
      assert.deepStrictEqual(contactIn([byPhone, ...more], { from_user_id: userId, from: customer }), byPhone)
      assert.isUndefined(contactIn([byUser, ...more], { from: customer }))
      assert.isUndefined(contactIn([byUser, ...more], {}))
      assert.isUndefined(contactIn([byPhone, ...more], { from_user_id: userId }))
      assert.isUndefined(contactIn([byPhone, ...more], {}))
      assert.isUndefined(contactIn([others, ...more], { from_user_id: userId, from: customer }))
    }
  })

  it("a message may have ids that are placeholders or numbers", () => {
    assert.deepStrictEqual(only(withMessages([{ ...text, id: "<AN_ID>" }])).identity, ["message", "<AN_ID>"])
    assert.deepStrictEqual(only(withMessages([{ ...text, id: 12, from: 34 }])).identity, ["message", "12"])
    assert.strictEqual(only(withMessages([{ ...text, from: 34 }])).conversation, "34")
  })

  it("a message without an id is identified by its content", () => {
    const message = { from: customer, timestamp: "1780000000", type: "text", text: { body: "a" } }
    const event = only(withMessages([message]))
    assert.isTrue(event.weakIdentity)
    assert.deepStrictEqual(only(withMessages([message])).identity, event.identity)
    assert.notDeepEqual(only(withMessages([{ ...message, timestamp: "1780000001" }])).identity, event.identity)
  })

  it("a message without a field decodes, and belongs to the business account without metadata", () => {
    const event = only(webhook({ value: { messages: [text] } }))
    assert.deepInclude(event, { kind: "message", type: "message.text", providerAccount: "300000000000001" })
    assert.strictEqual(only({ entry: [{ changes: [{ value: { metadata, messages: [text] } }] }] }).kind, "message")
    assert.strictEqual(
      only({ entry: [{ changes: [{ value: { messages: [text] } }] }] }).providerAccount,
      "(unaddressed)"
    )
  })

  it("a message without a valid time has no time", () => {
    assert.isUndefined(only(withMessages([{ ...text, timestamp: "TIMESTAMP" }])).occurredAt)
  })
})
