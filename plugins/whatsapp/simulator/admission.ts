import * as Effect from "effect/Effect"
import * as HashMap from "effect/HashMap"
import * as Ref from "effect/Ref"
import { isJsonObject, type Json, type JsonObject } from "../../../src/domain/json.ts"
import { listOf, objectOf, textOf } from "../../meta/read-json.ts"
import type { SimulatedNumber } from "./accounts.ts"
import { into, missing, type Mistake, tooMuch } from "./answers.ts"
import { missingTemplate } from "../outbound/template.ts"
import { bodyParameters, contactRules, messageRules } from "./message-rules.ts"
import { lookUp, type Memory, pairOf, take, templateKey } from "./rules.ts"

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

const day = 86_400_000
const pairEvery = 6_000

const notThere: Mistake = { code: 132_001, status: 404, details: "the template does not exist in this language" }
const wrongCount: Mistake = { code: 132_000, details: "the number of parameters of the body is another" }
const states: Readonly<Record<string, Mistake>> = {
  paused: { code: 132_015, details: "the template is paused" },
  disabled: { code: 132_016, details: "the template is disabled" }
}

const ofTemplate = ({ templates }: Memory, template: JsonObject) =>
  Effect.gen(function* () {
    if (template["name"] === missingTemplate) return notThere
    if (HashMap.isEmpty(yield* Ref.get(templates))) return undefined
    const key = templateKey(textOf(template["name"]) ?? "", textOf(into(template, "language.code")) ?? "")
    const found = yield* lookUp(templates, key)
    if (found === undefined) return notThere
    const state = states[found.state ?? "approved"]
    if (state !== undefined) return state
    return bodyParameters(template) === (found.parameters ?? 0) ? undefined : wrongCount
  })

/** Checks whether the provider accepts a well-formed message now: throughput, pair, window, template (META 3.5, 3.6). */
export const admission = Effect.fnUntraced(function* (
  memory: Memory,
  number: SimulatedNumber,
  message: SentMessage,
  body: JsonObject,
  now: number
) {
  const { window, pairBurst, messagesPerSecond } = yield* Ref.get(memory.rules)
  const second = { every: 1_000 / messagesPerSecond, burst: messagesPerSecond }
  const id = number.phoneNumberId
  if (!(yield* take(memory.throughput, id, second, now))) {
    return { code: 130_429, details: "the number sends more in a second than it may" }
  }
  const pair = pairOf(id, message.to)
  if (message.type === "template") {
    const mistake = yield* ofTemplate(memory, objectOf(body["template"]) ?? {})
    if (mistake !== undefined) return mistake
  } else if (window) {
    const wrote = yield* lookUp(memory.wrote, pair)
    if (wrote === undefined || now - wrote >= day) {
      return { code: 131_047, details: "more than 24 hours have passed since this person wrote" }
    }
  }
  if (!(yield* take(memory.pairs, pair, { every: pairEvery, burst: pairBurst }, now))) {
    return { code: 131_056, details: "too many messages to this person" }
  }
  return undefined
})
