import type { JsonObject } from "../../../src/domain/json.ts"
import { listOf, objectOf, textOf } from "../read-json.ts"
import type { Vocabulary } from "./vocabulary.ts"

/** What a message is, in one word (META 5.2); `undefined` where it holds nothing that we know. */
export const messageName = (message: JsonObject, words: Vocabulary): string | undefined => {
  if (message["is_deleted"] === true) return "deleted"
  if (message["is_unsupported"] === true) return "unsupported"
  if (objectOf(message["quick_reply"]) !== undefined) return "quick_reply"
  if (objectOf(objectOf(message["reply_to"])?.["story"]) !== undefined) return "story_reply"
  const attachments = listOf(message["attachments"]) ?? []
  if (attachments.length > 0) {
    const type = textOf(objectOf(attachments[0])?.["type"])
    return type !== undefined && words.attachments.has(type) ? type : "attachment"
  }
  return textOf(message["text"]) === undefined ? undefined : "text"
}
