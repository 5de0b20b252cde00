import { type Json, type JsonObject, isJsonObject } from "../../../src/domain/json.ts"
import { listOf, objectOf, textOf } from "../../meta/read-json.ts"

/** What a send asks for. */
export interface SentMessage {
  readonly to: string
  readonly type: string
  /** Of a text; empty for any other type. */
  readonly text: string
  readonly callbackData?: string
}

const longestBody = 4096
const longestCallbackData = 512

const types: ReadonlySet<string> = new Set([
  "text",
  "template",
  "image",
  "video",
  "audio",
  "document",
  "sticker",
  "location",
  "contacts",
  "interactive",
  "reaction"
])

/** The message of a request, or what is wrong with it (META 3.1). Of most types only that their object is there. */
export const readMessage = (body: JsonObject): SentMessage | string => {
  const type = textOf(body["type"] ?? "text")
  if (type === undefined || !types.has(type)) return "type is not one of those there are"
  const to = textOf(body["to"]) ?? textOf(body["recipient"])
  if (to === undefined) return "to is required"
  const text = type === "text" ? objectOf(body["text"])?.["body"] : ""
  if (typeof text !== "string" || (type === "text" && text === "")) return "text.body is required"
  if (text.length > longestBody) return `text.body must be at most ${longestBody} characters`
  if (objectOf(body[type]) === undefined && listOf(body[type]) === undefined) return `${type} is required`
  const callbackData = body["biz_opaque_callback_data"]
  if (callbackData === undefined) return { to, type, text }
  if (typeof callbackData !== "string" || callbackData.length > longestCallbackData) {
    return `biz_opaque_callback_data must be at most ${longestCallbackData} characters`
  }
  return { to, type, text, callbackData }
}

/** What every request for messages must be. */
export const readRequest = (body: Json): JsonObject | string => {
  if (!isJsonObject(body)) return "the body is not a JSON object"
  return body["messaging_product"] === "whatsapp" ? body : "messaging_product must be whatsapp"
}

/** Marks a message as read; the provider tells nobody of it. */
export const isRead = (body: JsonObject): boolean =>
  body["status"] === "read" && textOf(body["message_id"]) !== undefined
