import type { Json, JsonObject } from "../../../src/domain/json.ts"
import { listOf, objectOf, textOf } from "../read-json.ts"
import type { Vocabulary } from "./vocabulary.ts"

/**
 * Names a message in one word (META 5.2), by the first that applies: deleted, unsupported, a quick reply, an answer to
 * a story, a text (also with the preview of a link), its first attachment. Returns `undefined` when none applies.
 */
export const messageName = (message: JsonObject, words: Vocabulary): string | undefined => {
  if (message["is_deleted"] === true) return "deleted"
  if (message["is_unsupported"] === true) return "unsupported"
  if (objectOf(message["quick_reply"]) !== undefined) return "quick_reply"
  if (objectOf(objectOf(message["reply_to"])?.["story"]) !== undefined) return "story_reply"
  const attachments = listOf(message["attachments"]) ?? []
  const hasText = textOf(message["text"]) !== undefined
  if (hasText && attachments.every(isPreview)) return "text"
  if (attachments.length > 0) {
    const type = textOf(objectOf(attachments[0])?.["type"])
    return type !== undefined && words.attachments.has(type) ? type : "attachment"
  }
  return undefined
}

/** Returns true for the preview of a link in the text: the message is then a text. */
const isPreview = (attachment: Json): boolean => objectOf(attachment)?.["type"] === "fallback"
