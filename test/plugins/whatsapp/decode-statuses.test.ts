import { assert, describe, it } from "@effect/vitest"
import { only, opened, reasons } from "./decoded.ts"
import { failed, inGroup, sent, withStatuses } from "./samples/statuses.ts"
import { contact, text } from "./samples/messages.ts"
import { customer, messagesChange, phoneNumberId, userId, webhook } from "./samples/webhook.ts"

describe("WhatsApp statuses", () => {
  it("a status decodes to one event with its evidence", () => {
    assert.deepStrictEqual(only(withStatuses([sent], { contacts: [contact] })), {
      _tag: "Event",
      providerAccount: phoneNumberId,
      kind: "status",
      type: "status.sent",
      identity: ["status", "wamid.sample-9", "sent", ""],
      weakIdentity: false,
      conversation: customer,
      learned: { id: customer, alias: userId },
      occurredAt: 1780000100000,
      personal: { providerId: "wamid.sample-9", content: sent, contact },
      evidence: { status: "sent", callbackData: "c1.sample" }
    })
  })

  it("a failed status carries the provider's code, and only a code", () => {
    assert.deepStrictEqual(only(withStatuses([failed])).evidence, { status: "failed", code: "131026" })
    const odd = { ...failed, errors: [{ code: "ERROR_CODE" }] }
    assert.deepStrictEqual(only(withStatuses([odd])).evidence, { status: "failed" })
  })

  it("statuses of one message have different identities, as do participants of one group", () => {
    const participants = [inGroup, { ...inGroup, recipient_participant_id: "15550102031" }]
    assert.deepStrictEqual(
      opened(withStatuses([sent, { ...sent, status: "delivered" }, ...participants])).map(({ identity }) => identity),
      [
        ["status", "wamid.sample-9", "sent", ""],
        ["status", "wamid.sample-9", "delivered", ""],
        ["status", "wamid.sample-9", "read", customer],
        ["status", "wamid.sample-9", "read", "15550102031"]
      ]
    )
  })

  it("a status is ordered by its group, else by phone number, else by user id", () => {
    const conversationOf = (status: object) => only(withStatuses([{ ...sent, ...status }])).conversation
    assert.strictEqual(only(withStatuses([inGroup])).conversation, "Z3JvdXA=")
    assert.strictEqual(only(withStatuses([{ ...inGroup, recipient_user_id: userId }])).conversation, "Z3JvdXA=")
    assert.strictEqual(conversationOf({ recipient_user_id: userId }), customer)
    assert.strictEqual(conversationOf({ recipient_id: null, recipient_user_id: userId }), userId)
    assert.strictEqual(conversationOf({}), customer)
    assert.isUndefined(conversationOf({ recipient_id: null }))
  })

  it.each(["read", "delivered", "played", "deleted", "warning"])(
    "a status named %s decodes to its own type",
    (status) => {
      const event = only(withStatuses([{ ...sent, status }]))
      assert.deepInclude(event, { kind: "status", type: `status.${status}` })
      assert.strictEqual(event.evidence?.status, status)
    }
  )

  it("I7 an unknown status has the type other, since types are logged, and keeps its name as evidence", () => {
    const event = only(withStatuses([{ ...sent, status: "ana_maria" }]))
    assert.deepInclude(event, { kind: "status", type: "status.other" })
    assert.strictEqual(event.evidence?.status, "ana_maria")
  })

  it("a status whose name is no plain word is kept as unknown and proves nothing", () => {
    const event = only(withStatuses([{ ...sent, status: "Ana: 15550102030" }]))
    assert.deepInclude(event, { kind: "unknown", type: "unknown" })
    assert.isUndefined(event.evidence)
  })

  it("a status without a name is quarantined, and its siblings decode", () => {
    assert.deepStrictEqual(reasons(withStatuses([{ id: "x" }, sent])), ["a status does not say which", "status.sent"])
  })

  it("a status may share a change with messages, in the order of the webhook", () => {
    const both = { statuses: [sent], messages: [text] }
    assert.deepStrictEqual(
      opened(webhook(messagesChange(both))).map(({ type }) => type),
      ["status.sent", "message.text"]
    )
  })
})
