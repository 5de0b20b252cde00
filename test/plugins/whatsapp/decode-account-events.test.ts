import { assert, describe, it } from "@effect/vitest"
import { accountFields } from "../../../plugins/whatsapp/inbound/names.ts"
import type { Json } from "../../../src/domain/json.ts"
import { only, opened } from "./decoded.ts"
import {
  calls,
  errorsAlone,
  fieldOfTomorrow,
  groupCreated,
  preferences,
  templateApproved
} from "./samples/account-events.ts"
import { text } from "./samples/messages.ts"
import { businessAccountId, customer, metadata, phoneNumberId, webhook } from "./samples/webhook.ts"

describe("WhatsApp account events", () => {
  it("an account event belongs to the business account and is identified by content and entry", () => {
    const event = only(templateApproved)
    assert.deepInclude(event, {
      providerAccount: businessAccountId,
      kind: "account",
      type: "account.message_template_status_update",
      weakIdentity: true,
      conversation: undefined,
      occurredAt: 1780000300000
    })
    assert.deepStrictEqual(event.identity, [
      "message_template_status_update",
      businessAccountId,
      "1780000300",
      '{"field":"message_template_status_update","value":{"event":"APPROVED","message_template_id":9100,' +
        '"message_template_name":"greeting","reason":"NONE"}}'
    ])
  })

  it.each([...accountFields])("an account event decodes from the field %s", (field) => {
    const event = only(webhook({ field, value: { metadata, event: "SOMETHING" } }))
    assert.deepInclude(event, { kind: "account", type: `account.${field}`, providerAccount: phoneNumberId })
    assert.deepStrictEqual(event.personal.content, { metadata, event: "SOMETHING" })
  })

  it("the events of one call have different identities", () => {
    const [connect, terminate] = opened(calls)
    assert.deepInclude(connect, { kind: "account", type: "account.calls", weakIdentity: false })
    assert.deepStrictEqual(connect?.identity, ["calls", "wacid.sample-1", "connect", "1780000301"])
    assert.deepStrictEqual(terminate?.identity, ["calls", "wacid.sample-1", "terminate", "1780000301"])
    assert.deepNestedInclude(terminate?.personal.contact, { wa_id: customer })
  })

  it("a change yields one event for each person whose preference changed, and for each group", () => {
    const [first, second] = opened(preferences)
    assert.deepInclude(first, { type: "account.user_preferences", occurredAt: 1780000302000 })
    assert.notDeepEqual(first?.identity, second?.identity)
    assert.deepInclude(only(groupCreated), { type: "account.group_lifecycle_update", occurredAt: undefined })
  })

  it.each(["field_of_tomorrow", "constructor", "__proto__", "toString"])(
    "a change of the field %s is kept as unknown",
    (field) => {
      const change = { field, value: { anything: [1] } }
      const event = only(webhook(change))
      assert.deepInclude(event, { kind: "unknown", type: "unknown", providerAccount: businessAccountId })
      assert.strictEqual(event.personal.content, change)
    }
  )

  it("a change of an unknown field is kept whole, with the time of its entry", () => {
    assert.strictEqual(only(fieldOfTomorrow).occurredAt, 1780000304000)
  })

  it("errors that arrive alone decode to an account event", () => {
    assert.deepInclude(only(errorsAlone), { kind: "account", type: "account.errors", providerAccount: phoneNumberId })
  })

  it("an unknown list is kept beside the messages", () => {
    const typesOf = (messages: ReadonlyArray<Json>) =>
      opened(webhook({ field: "messages", value: { metadata, messages, whispers: [{ id: 1 }] } })).map(
        ({ type }) => type
      )
    assert.deepStrictEqual(typesOf([]), ["unknown"])
    assert.deepStrictEqual(typesOf([text]), ["message.text", "unknown"])
  })
})
