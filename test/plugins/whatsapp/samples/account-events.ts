import type { JsonObject } from "../../../../src/domain/json.ts"
import { businessAccountId, customer, metadata } from "./webhook.ts"

const inEntry = (change: JsonObject, time?: number): JsonObject => ({
  object: "whatsapp_business_account",
  entry: [{ id: businessAccountId, ...(time === undefined ? {} : { time }), changes: [change] }]
})

export const templateApproved: JsonObject = inEntry(
  {
    field: "message_template_status_update",
    value: { event: "APPROVED", message_template_id: 9100, message_template_name: "greeting", reason: "NONE" }
  },
  1780000300
)

const call = { id: "wacid.sample-1", from: customer, to: metadata.display_phone_number, timestamp: "1780000301" }

export const calls: JsonObject = inEntry({
  field: "calls",
  value: {
    messaging_product: "whatsapp",
    metadata,
    contacts: [{ profile: { name: "A Person" }, wa_id: customer }],
    calls: [
      { ...call, event: "connect" },
      { ...call, event: "terminate", duration: 3 }
    ]
  }
})

export const preferences: JsonObject = inEntry({
  field: "user_preferences",
  value: {
    messaging_product: "whatsapp",
    metadata,
    user_preferences: [
      { wa_id: customer, category: "marketing_messages", value: "stop", timestamp: 1780000302 },
      { wa_id: "15550102031", category: "marketing_messages", value: "resume", timestamp: 1780000303 }
    ]
  }
})

export const groupCreated: JsonObject = inEntry({
  field: "group_lifecycle_update",
  value: {
    messaging_product: "whatsapp",
    metadata,
    groups: [{ timestamp: "TIMESTAMP", group_id: "Z3JvdXA=", type: "group_create", subject: "neighbours" }]
  }
})

export const fieldOfTomorrow: JsonObject = inEntry({ field: "field_of_tomorrow", value: { anything: [1] } }, 1780000304)

export const errorsAlone: JsonObject = inEntry({
  field: "messages",
  value: { messaging_product: "whatsapp", metadata, errors: [{ code: 130429, title: "Rate limit hit" }] }
})
