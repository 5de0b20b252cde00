import { isJsonObject, type Json, type JsonObject } from "../../../../src/domain/json.ts"
import { listOf, objectOf, textOf } from "../../read-json.ts"
import { codePoints } from "../../input-schema.ts"
import type { Dialect } from "./setting.ts"

/** Content of one request for messages. `type` is `text`, the type of an attachment, or a sender action. */
export interface Asked {
  readonly to: { readonly person: string } | { readonly comment: string }
  /** True when the recipient is named by a token that opens a conversation itself: the window is not checked. */
  readonly opens: boolean
  readonly type: string
  readonly action: boolean
  readonly text: string
  readonly message: JsonObject
  readonly metadata?: string
  readonly byHuman: boolean
}

const actions: ReadonlySet<string> = new Set(["typing_on", "typing_off", "mark_seen", "react", "unreact"])
const attachments: ReadonlySet<string> = new Set(["image", "audio", "video", "file", "template"])
const longestMetadata = 1000

/** Returns the decoded request, or a description of its mistake (META 5.3, 6). */
export const readRequest = (body: Json, dialect: Dialect): Asked | string => {
  if (!isJsonObject(body)) return "the body is not a JSON object"
  const recipient = objectOf(body["recipient"])
  const opening = textOf(recipient?.["user_ref"]) ?? textOf(recipient?.["notification_messages_token"])
  const person = textOf(recipient?.["id"]) ?? opening
  const comment = textOf(recipient?.["comment_id"]) ?? textOf(recipient?.["post_id"])
  const to = person === undefined ? (comment === undefined ? undefined : { comment }) : { person }
  if (to === undefined) return "recipient is required"
  const tag = textOf(body["tag"])
  if (tag !== undefined && tag !== "HUMAN_AGENT") return "this tag is no longer supported"
  if (body["messaging_type"] === "MESSAGE_TAG" && tag === undefined) return "tag is required"
  const common = { to, byHuman: tag !== undefined, opens: opening !== undefined }
  const action = textOf(body["sender_action"])
  if (action !== undefined) return actions.has(action) ? actionOf(action, body, common) : "no such sender_action"
  const message = objectOf(body["message"])
  return message === undefined ? "message is required" : messageOf(message, common, dialect)
}

type Common = Pick<Asked, "to" | "byHuman" | "opens">

const actionOf = (type: string, body: JsonObject, common: Common): Asked | string => {
  const target = textOf(objectOf(body["payload"])?.["message_id"])
  if (type.endsWith("react") && target === undefined) return "payload.message_id is required"
  return { ...common, type, action: true, text: "", message: {} }
}

const messageOf = (message: JsonObject, common: Common, dialect: Dialect): Asked | string => {
  const { text, attachment, metadata } = message
  if (metadata !== undefined && (typeof metadata !== "string" || metadata.length > longestMetadata)) {
    return `metadata must be at most ${longestMetadata} characters`
  }
  const shared = { ...common, action: false, message, ...(metadata === undefined ? {} : { metadata }) }
  if ((listOf(message["quick_replies"]) ?? []).length > 13) return "at most 13 quick replies"
  if (attachment === undefined) {
    if (typeof text !== "string" || text === "") return "message.text is required"
    return dialect.fits(text) ? { ...shared, type: "text", text } : "message.text is too long"
  }
  const type = textOf(objectOf(attachment)?.["type"])
  if (text !== undefined) return "text and attachment are separate messages"
  if (type === undefined || !attachments.has(type)) return "no such attachment"
  const mistake = type === "template" ? mistakeIn(objectOf(objectOf(attachment)?.["payload"]) ?? {}) : undefined
  return mistake ?? { ...shared, type, text: "" }
}

/**
 * Returns the mistake in a template (META 5.3). Returns `undefined` for a correct one, and for types that are not
 * documented there.
 */
const mistakeIn = ({ template_type: type, elements, text, buttons }: JsonObject): string | undefined => {
  if (textOf(type) === undefined) return "template_type is required"
  if (type === "generic") return (listOf(elements) ?? []).length > 0 ? undefined : "elements are required"
  if (type !== "button") return undefined
  if (typeof text !== "string" || text === "" || codePoints(text) > 640) return "a text of at most 640 is required"
  const count = (listOf(buttons) ?? []).length
  return count >= 1 && count <= 3 ? undefined : "one to three buttons are required"
}
