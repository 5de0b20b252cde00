import type { Receipt } from "../../../src/domain/intent.ts"
import type { Json } from "../../../src/domain/json.ts"
import { objectOf, textOf } from "../read-json.ts"

/** Reads `{recipient_id, message_id}` (META 5.3, 6). */
export const messageReceipt = (body: Json): Receipt | undefined => {
  const messageId = textOf(objectOf(body)?.["message_id"])
  return messageId === undefined ? undefined : { messageId }
}

/** Reads `{recipient_id}`, the answer to a sender action, which has no id of its own (META 5.3). */
export const actionReceipt = (body: Json): Receipt | undefined =>
  textOf(objectOf(body)?.["recipient_id"]) === undefined ? undefined : {}
