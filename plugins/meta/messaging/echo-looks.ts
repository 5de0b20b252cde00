import type { Echo, MessageTraits, Wanted } from "../../../src/connector/capability.ts"
import type { PersonalPart } from "../../../src/domain/event.ts"
import type { Json, JsonObject } from "../../../src/domain/json.ts"
import { Personal } from "../../../src/domain/personal.ts"
import { listOf, objectOf, textOf } from "../read-json.ts"
import { mediumTypes } from "./attachments.ts"
import { instantOf } from "./instant.ts"

/** Spaces around a text are not compared. */
const wordsOf = (text: string) => text.trim()

const addressOf = (attachment: Json | undefined) => textOf(objectOf(objectOf(attachment)?.["payload"])?.["url"])

const noMessage: Echo = { traits: [] }

/**
 * An echo of `messaging[]`: to whom it went, and its words or its one attachment (META 4.8, 5.2). What was deleted, or says
 * no person or time, is the echo of no message. `app_id` is documented for Messenger alone (META 4.10).
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

/** The same text to the same person: there is nothing better on Instagram (META 4.8). */
export const textTraits = (wanted: Wanted<{ readonly text: string }>): MessageTraits => ({
  ...recipientOf(wanted),
  kind: "text",
  content: wordsOf(wanted.input.text)
})

/** The same text to whoever wrote a comment: the provider alone knows to whom. */
export const privateReplyTraits = ({ input }: Wanted<{ readonly text: string }>): MessageTraits => ({
  kind: "text",
  content: wordsOf(input.text)
})

/** Some message to that person: no source shows what its echo looks like. */
export const unknownTraits = (wanted: Wanted<unknown>): MessageTraits => recipientOf(wanted)

/**
 * One medium of the same type to the same person, from the same address; the provider may show one of its own. What is no
 * medium may look like anything.
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
