import { assert, describe, it } from "@effect/vitest"
import type { Json, JsonObject } from "../../../src/domain/json.ts"
import { only, opened } from "./decoded.ts"
import { customer, messagesChange, metadata, userId, webhook } from "./samples/webhook.ts"

const both: JsonObject = { profile: { name: "Ada" }, wa_id: customer, user_id: userId }
const stranger: JsonObject = { wa_id: "15550109999", user_id: "BR.2" }
const at = { timestamp: "1780000000" }

/** What an item of each list says of the person, by phone and by user id. */
const lists: ReadonlyArray<
  readonly [
    name: string,
    item: JsonObject,
    phone: string,
    userId: string,
    body: (item: JsonObject, contacts: Json) => Json
  ]
> = [
  [
    "a message",
    { id: "wamid.1", type: "text", text: { body: "a" }, ...at },
    "from",
    "from_user_id",
    (item, contacts) => webhook(messagesChange({ messages: [item], contacts }))
  ],
  [
    "a status",
    { id: "wamid.2", status: "delivered", ...at },
    "recipient_id",
    "recipient_user_id",
    (item, contacts) => webhook(messagesChange({ statuses: [item], contacts }))
  ],
  [
    "an echo",
    { id: "wamid.3", from: metadata.display_phone_number, type: "text", text: { body: "a" }, ...at },
    "to",
    "to_user_id",
    (item, contacts) => webhook({ field: "smb_message_echoes", value: { metadata, message_echoes: [item], contacts } })
  ],
  [
    "a call of the person",
    { id: "wacid.1", event: "connect", direction: "USER_INITIATED", to: metadata.display_phone_number, ...at },
    "from",
    "from_user_id",
    (item, contacts) => webhook({ field: "calls", value: { metadata, calls: [item], contacts } })
  ],
  [
    "a call of the business",
    { id: "wacid.2", event: "connect", direction: "BUSINESS_INITIATED", from: metadata.display_phone_number, ...at },
    "to",
    "to_user_id",
    (item, contacts) => webhook({ field: "calls", value: { metadata, calls: [item], contacts } })
  ],
  [
    "a call of the business without a direction",
    { id: "wacid.4", event: "terminate", from: `+${metadata.display_phone_number}`, ...at },
    "to",
    "to_user_id",
    (item, contacts) => webhook({ field: "calls", value: { metadata, calls: [item], contacts } })
  ],
  [
    "a status of a call",
    { id: "wacid.3", status: "RINGING", type: "call", ...at },
    "recipient_id",
    "recipient_user_id",
    (item, contacts) => webhook({ field: "calls", value: { metadata, statuses: [item], contacts } })
  ],
  [
    "a preference",
    { category: "marketing_messages", value: "stop", timestamp: 1780000302 },
    "wa_id",
    "user_id",
    (item, contacts) => webhook({ field: "user_preferences", value: { metadata, user_preferences: [item], contacts } })
  ]
]

describe.each(lists)("person of a WhatsApp %s", (_, item, phone, id, body) => {
  const identityOf = (own: JsonObject, contacts: ReadonlyArray<Json> = []) => {
    const { conversation, learned, mayBeAlias, personal } = only(body({ ...item, ...own }, contacts))
    return { conversation, learned, mayBeAlias, contact: personal.contact }
  }
  const learned = { id: customer, alias: userId }

  it("the person is identified by phone number first, and an alias is learned when both ids are present", () => {
    const expected = { conversation: customer, learned, mayBeAlias: undefined }
    assert.deepStrictEqual(identityOf({ [phone]: customer, [id]: userId }), { ...expected, contact: undefined })
    const shown = [
      identityOf({ [phone]: customer }, [both]),
      identityOf({ [id]: userId }, [both]),
      identityOf({}, [both])
    ]
    for (const one of shown) assert.deepStrictEqual(one, { ...expected, contact: both })
    assert.deepStrictEqual(identityOf({ [phone]: `+${customer}`, [id]: userId }), { ...expected, contact: undefined })
  })

  it("the person is identified by either id when the other is missing", () => {
    const byPhone = { conversation: customer, learned: undefined, mayBeAlias: undefined }
    const byId = { conversation: userId, learned: undefined, mayBeAlias: true } as const
    assert.deepStrictEqual(identityOf({ [phone]: customer }), { ...byPhone, contact: undefined })
    assert.deepStrictEqual(identityOf({ [id]: userId }), { ...byId, contact: undefined })
    assert.deepStrictEqual(identityOf({ [phone]: userId }), { ...byId, contact: undefined })
    assert.deepStrictEqual(identityOf({}, [{ user_id: userId }]), { ...byId, contact: { user_id: userId } })
    assert.deepStrictEqual(identityOf({}, [{ wa_id: customer }]), { ...byPhone, contact: { wa_id: customer } })
  })

  it("the person keeps its own ids against a contradicting contact, which is still shown", () => {
    const own = identityOf({ [phone]: customer }, [stranger])
    assert.deepStrictEqual(own, {
      conversation: customer,
      learned: undefined,
      mayBeAlias: undefined,
      contact: stranger
    })
  })

  it("an event loses none of its contacts", () => {
    const event = only(body({ ...item, [phone]: customer }, [both, stranger]))
    assert.deepStrictEqual([event.personal.contact, event.personal.contacts], [both, [stranger]])
    assert.notProperty(only(body({ ...item, [phone]: customer }, [both])).personal, "contacts")
  })
})

describe("person of a WhatsApp item", () => {
  it("the person is read from a system message when the item names none", () => {
    const change = (more: JsonObject) =>
      only(webhook(messagesChange({ messages: [{ id: "wamid.8", type: "system", ...at, ...more }] })))
    const inside = { type: "user_changed_user_id", user_id: userId }
    assert.strictEqual(change({ system: inside }).conversation, userId)
    assert.strictEqual(change({ system: { ...inside, wa_id: customer } }).conversation, customer)
    assert.strictEqual(change({ from: "15550109999", system: inside }).conversation, "15550109999")
  })

  it("the group identifies the conversation, and its participant is learned and shown", () => {
    const status = { id: "wamid.9", status: "read", recipient_type: "group", recipient_id: "Z3JvdXA=", ...at }
    const participant = { recipient_participant_id: customer, recipient_participant_user_id: userId }
    const event = only(webhook(messagesChange({ statuses: [{ ...status, ...participant }], contacts: [both] })))
    assert.deepInclude(event, { conversation: "Z3JvdXA=", learned: { id: customer, alias: userId } })
    assert.deepStrictEqual(event.personal.contact, both)
    const byId = only(webhook(messagesChange({ statuses: [{ ...status, recipient_participant_user_id: userId }] })))
    assert.deepStrictEqual([byId.conversation, byId.mayBeAlias], ["Z3JvdXA=", undefined])
    const update = { field: "group_participants_update", value: { metadata, groups: [{ group_id: "Z3JvdXA=" }] } }
    assert.strictEqual(only(webhook(update)).conversation, "Z3JvdXA=")
  })

  it("the person is not taken from the only contact when several things are listed", () => {
    const nameless = { id: "wamid.1", type: "text", ...at }
    const status = { id: "wamid.2", status: "read", ...at }
    const events = opened(webhook(messagesChange({ messages: [nameless], statuses: [status], contacts: [both] })))
    assert.deepStrictEqual(
      events.map(({ conversation }) => conversation),
      [undefined, undefined]
    )
    assert.deepStrictEqual(events[0]?.personal.contacts, [both])
    assert.notProperty(events[1]?.personal, "contacts")
  })

  it("G12 an event names its conversation under the former rule", () => {
    const status = { id: "wamid.2", status: "read", ...at }
    const of = (own: JsonObject, contacts: ReadonlyArray<Json>) =>
      only(webhook(messagesChange({ statuses: [{ ...status, ...own }], contacts }))).formerly
    assert.strictEqual(of({ recipient_id: customer, recipient_user_id: userId }, []), userId)
    assert.strictEqual(of({}, [both]), "")
    assert.isUndefined(of({ recipient_id: customer }, [both]))
  })
})
