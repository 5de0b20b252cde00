import type { Wanted } from "../../../src/connector/capability.ts"
import type { PersonalPart } from "../../../src/domain/event.ts"
import type { JsonObject } from "../../../src/domain/json.ts"
import { Personal } from "../../../src/domain/personal.ts"
import { listOf, objectOf, textOf } from "../read-json.ts"

/** The message of an echo that went to the person who was meant. */
const echoedTo = (wanted: Pick<Wanted<unknown>, "to">, echo: PersonalPart): JsonObject | undefined => {
  const item = objectOf(echo.content)
  const recipient = textOf(objectOf(item?.["recipient"])?.["id"])
  const meant = wanted.to !== undefined && recipient === Personal.open(wanted.to)
  const message = meant ? objectOf(item?.["message"]) : undefined
  return message?.["is_deleted"] === true ? undefined : message
}

/** The same text to the same person (META 4.8: there is nothing better on Instagram). */
export const isTextEcho = (wanted: Wanted<{ readonly text: string }>, echo: PersonalPart): boolean => {
  const text = echoedTo(wanted, echo)?.["text"]
  return typeof text === "string" && text.trim() === wanted.input.text.trim()
}

/** One attachment of the same type to the same person; its address is the provider's own by then. */
export const isAttachmentEcho = (
  wanted: Wanted<{ readonly attachment: { readonly type: string } }>,
  echo: PersonalPart
): boolean => {
  const attachments = listOf(echoedTo(wanted, echo)?.["attachments"]) ?? []
  return attachments.length === 1 && objectOf(attachments[0])?.["type"] === wanted.input.attachment.type
}
