import type { Json, JsonObject } from "../../../../src/domain/json.ts"

/** Numbers and ids of nobody: reserved ranges and made-up digits. */
export const phoneNumberId = "200000000000001"
export const businessAccountId = "300000000000001"
export const customer = "15550102030"
export const userId = "BR.70000000000000000001"

export const metadata = { display_phone_number: "15550100000", phone_number_id: phoneNumberId }

export const webhook = (...changes: ReadonlyArray<Json>): JsonObject => ({
  object: "whatsapp_business_account",
  entry: [{ id: businessAccountId, changes }]
})

export const messagesChange = (value: JsonObject): JsonObject => ({
  field: "messages",
  value: { messaging_product: "whatsapp", metadata, ...value }
})
