import { createHmac } from "node:crypto"
import type { Json, JsonObject } from "../../src/domain/json.ts"

/** Ids that belong to no real account or person. */
export const phoneNumberId = "200000000000001"
export const businessAccountId = "300000000000001"
export const customer = "15550102030"
export const userId = "BR.70000000000000000001"

const metadata = { display_phone_number: "15550100000", phone_number_id: phoneNumberId }

export const change = (value: JsonObject, numberId = phoneNumberId): JsonObject => ({
  field: "messages",
  value: { messaging_product: "whatsapp", metadata: { ...metadata, phone_number_id: numberId }, ...value }
})

export const entry = (...changes: ReadonlyArray<Json>): JsonObject => ({ id: businessAccountId, changes })

export const webhook = (...entries: ReadonlyArray<Json>): JsonObject => ({
  object: "whatsapp_business_account",
  entry: entries
})

/** Makes a text of the customer; `more` overrides its members. */
export const text = (id: string, more: JsonObject = {}): JsonObject => ({
  from: customer,
  id,
  timestamp: "1780000000",
  type: "text",
  text: { body: `this is ${id}` },
  ...more
})

/** Makes a status of a message that the gateway sent. */
export const status = (name: string, callbackData: string, more: JsonObject = {}): JsonObject => ({
  id: "wamid.of-ours",
  status: name,
  timestamp: "1780000100",
  recipient_id: customer,
  biz_opaque_callback_data: callbackData,
  ...more
})

export const messages = (...items: ReadonlyArray<Json>): JsonObject => webhook(entry(change({ messages: items })))
export const statuses = (...items: ReadonlyArray<Json>): JsonObject => webhook(entry(change({ statuses: items })))

export const bytesOf = (body: Json | Uint8Array): Uint8Array =>
  body instanceof Uint8Array ? body : Buffer.from(JSON.stringify(body))

/** Returns the signature of a webhook: `sha256=` and the digest in lower-case hex (META 1.2). */
export const signature = (secret: string, bytes: Uint8Array, algorithm: "sha256" | "sha1" = "sha256"): string =>
  `${algorithm}=${createHmac(algorithm, secret).update(bytes).digest("hex")}`
