import type { Json, JsonObject } from "../../../../src/domain/json.ts"
import { customer, metadata, userId, webhook } from "./webhook.ts"

export const textEcho: JsonObject = {
  from: metadata.display_phone_number,
  to: customer,
  to_user_id: userId,
  id: "wamid.sample-5",
  timestamp: "1780000200",
  type: "text",
  text: { body: "from the app" }
}

export const revokeEcho: JsonObject = {
  from: metadata.display_phone_number,
  to: customer,
  id: "wamid.sample-6",
  timestamp: "1780000201",
  type: "revoke",
  revoke: { original_message_id: "wamid.sample-5" }
}

export const withEchoes = (echoes: ReadonlyArray<Json>): JsonObject =>
  webhook({
    field: "smb_message_echoes",
    value: { messaging_product: "whatsapp", metadata, message_echoes: echoes }
  })
