import { isJsonObject, type Json, type JsonObject } from "../../../src/domain/json.ts"
import { listOf, objectOf, textOf } from "../../meta/read-json.ts"
import { contactRules, messageRules } from "./message-rules.ts"
import { type Mistake, missing, tooMuch } from "./mistake.ts"

/** Content of a send. */
export interface SentMessage {
  readonly to: string
  readonly type: string
  /** Text of a text message; empty for any other type. */
  readonly text: string
  readonly callbackData?: string
}

const longestCallbackData = 512

const bad = (details: string): Mistake => ({ code: 100, details })

const ofObject = (type: string, body: JsonObject): Mistake | undefined => {
  if (type === "contacts") return listOf(body[type]) === undefined ? missing(type) : contactRules(body)
  const object = objectOf(body[type])
  return object === undefined ? missing(type) : messageRules[type]?.(object)
}

/** Returns the message of a request, or its mistake (META 3.1). */
export const readMessage = (body: JsonObject): SentMessage | Mistake => {
  const type = textOf(body["type"] ?? "text") ?? ""
  if (type !== "contacts" && messageRules[type] === undefined) return bad("type is not one of those there are")
  const to = textOf(body["to"]) ?? textOf(body["recipient"])
  if (to === undefined) return missing("to")
  const mistake = ofObject(type, body)
  if (mistake !== undefined) return mistake
  const text = type === "text" ? (textOf(objectOf(body["text"])?.["body"]) ?? "") : ""
  const callbackData = body["biz_opaque_callback_data"]
  if (callbackData === undefined) return { to, type, text }
  if (typeof callbackData !== "string") return bad("biz_opaque_callback_data must be a text")
  if (callbackData.length > longestCallbackData) return tooMuch("biz_opaque_callback_data", longestCallbackData)
  return { to, type, text, callbackData }
}

/** Checks the members that every request for messages must have. */
export const readRequest = (body: Json): JsonObject | string => {
  if (!isJsonObject(body)) return "the body is not a JSON object"
  return body["messaging_product"] === "whatsapp" ? body : "messaging_product must be whatsapp"
}

/** Returns true for a request that marks a message as read; the provider sends no webhook about it. */
export const isRead = (body: JsonObject): boolean =>
  body["status"] === "read" && textOf(body["message_id"]) !== undefined
