import type { Echo, MessageTraits, Wanted } from "../../../src/connector/capability.ts"
import type { PersonalPart } from "../../../src/domain/event.ts"
import type { Json, JsonObject } from "../../../src/domain/json.ts"
import { Personal } from "../../../src/domain/personal.ts"
import { instantOf, listOf, objectOf, textOf } from "../read-json.ts"
import { mediumTypes } from "./attachments.ts"

/** Removes the spaces around a text, which are not compared. */
const wordsOf = (text: string) => text.trim()

const addressOf = (attachment: Json | undefined) => textOf(objectOf(objectOf(attachment)?.["payload"])?.["url"])

const noMessage: Echo = { traits: [] }

/**
 * Reads an echo of `messaging[]`: its recipient, and its text or its one attachment (META 4.8, 5.2). A deleted message,
 * or one without a person or time, is the echo of no message. `app_id` is documented for Messenger only (META 4.10).
 */
export const readEcho = ({ content }: PersonalPart): Echo => {
  const item = objectOf(content)
  const message = objectOf(item?.["message"])
  const recipient = textOf(objectOf(item?.["recipient"])?.["id"])
  const isDated = instantOf(item?.["timestamp"]) !== undefined
  if (message === undefined || recipient === undefined || !isDated || message["is_deleted"] === true) return noMessage
  const { text } = message
  const attachments = listOf(message["attachments"]) ?? []
  const [first] = attachments
  const type = textOf(objectOf(first)?.["type"])
  const address = addressOf(first)
  const traits: ReadonlyArray<MessageTraits> = [
    ...(typeof text === "string" ? [{ recipient, kind: "text", content: wordsOf(text) }] : []),
    ...(attachments.length === 1 && type !== undefined
      ? [{ recipient, kind: type, ...(address === undefined ? {} : { content: address }) }]
      : [])
  ]
  const appId = textOf(message["app_id"])
  return { traits: traits.length > 0 ? traits : [{ recipient }], ...(appId === undefined ? {} : { appId }) }
}

const recipientOf = ({ to }: Pick<Wanted<unknown>, "to">) => (to === undefined ? {} : { recipient: Personal.open(to) })

/** Returns the traits of a text: the same text to the same person. Instagram offers no better ones (META 4.8). */
export const textTraits = (wanted: Wanted<{ readonly text: string }>): MessageTraits => ({
  ...recipientOf(wanted),
  kind: "text",
  content: wordsOf(wanted.input.text)
})

/** Returns the traits of a private reply: the same text to the author of a comment, whom only the provider knows. */
export const privateReplyTraits = ({ input }: Wanted<{ readonly text: string }>): MessageTraits => ({
  kind: "text",
  content: wordsOf(input.text)
})

/** Returns the traits of a message to a person whose echo no source shows. */
export const unknownTraits = (wanted: Wanted<unknown>): MessageTraits => recipientOf(wanted)

/**
 * Returns the traits of an attachment: one medium of the same type to the same person, from the same address. The
 * provider may show an address of its own. The echo of any other attachment may have any content.
 */
export const attachmentTraits = (
  wanted: Wanted<{ readonly attachment: { readonly type: string } & JsonObject }>
): MessageTraits => {
  const { attachment } = wanted.input
  if (!mediumTypes.has(attachment.type)) return unknownTraits(wanted)
  const address = addressOf(attachment)
  return {
    ...recipientOf(wanted),
    kind: attachment.type,
    contentMayChange: true,
    ...(address === undefined ? {} : { content: address })
  }
}
