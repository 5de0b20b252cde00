import { type Json, isJsonObject } from "../../../src/domain/json.ts"
import { objectOf, textOf } from "../../meta/read-json.ts"

/** What a send asks for. */
export interface TextMessage {
  readonly to: string
  readonly text: string
  readonly callbackData?: string
}

const longestBody = 4096
const longestCallbackData = 512

/** The message of a request, or what is wrong with it (META 3.1). */
export const readText = (body: Json): TextMessage | string => {
  if (!isJsonObject(body)) return "the body is not a JSON object"
  if (body["messaging_product"] !== "whatsapp") return "messaging_product must be whatsapp"
  if ((body["type"] ?? "text") !== "text") return "only text is simulated"
  const to = textOf(body["to"]) ?? textOf(body["recipient"])
  if (to === undefined) return "to is required"
  const text = objectOf(body["text"])?.["body"]
  if (typeof text !== "string" || text === "") return "text.body is required"
  if (text.length > longestBody) return `text.body must be at most ${longestBody} characters`
  const callbackData = body["biz_opaque_callback_data"]
  if (callbackData === undefined) return { to, text }
  if (typeof callbackData !== "string" || callbackData.length > longestCallbackData) {
    return `biz_opaque_callback_data must be at most ${longestCallbackData} characters`
  }
  return { to, text, callbackData }
}
