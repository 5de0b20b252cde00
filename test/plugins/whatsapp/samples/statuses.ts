import type { Json, JsonObject } from "../../../../src/domain/json.ts"
import { customer, messagesChange, webhook } from "./webhook.ts"

export const sent: JsonObject = {
  id: "wamid.sample-9",
  status: "sent",
  timestamp: "1780000100",
  recipient_id: customer,
  biz_opaque_callback_data: "c1.sample"
}

export const failed: JsonObject = {
  id: "wamid.sample-9",
  status: "failed",
  timestamp: "1780000101",
  recipient_id: customer,
  errors: [{ code: 131026, title: "Message undeliverable", message: "Message undeliverable" }]
}

export const inGroup: JsonObject = {
  id: "wamid.sample-9",
  status: "read",
  timestamp: "1780000102",
  recipient_type: "group",
  recipient_id: "Z3JvdXA=",
  recipient_participant_id: customer
}

export const withStatuses = (statuses: ReadonlyArray<Json>, value: JsonObject = {}): JsonObject =>
  webhook(messagesChange({ ...value, statuses }))
