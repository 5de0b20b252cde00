import type { Json, JsonObject } from "../../../src/domain/json.ts"
import { type Identity, type Place, strong, weak } from "../identity.ts"
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

/** Facts that identify an item: the member that describes the event, and its sender. */
export interface Told {
  /** Name of the member: `message`, `reaction`, … */
  readonly member: string
  /** First part of a weak identity: the member, or the sort under which it was stored before it had a name. */
  readonly sort: string
  readonly what: JsonObject
  readonly outgoing: boolean
  readonly sender: string | undefined
  readonly item: JsonObject
}

/**
 * Returns the identity of an item. One `mid` may stand for a message, its edits, its deletion, each reaction and its
 * removal (G11). The member, the number of the edit, the action with its author and its time distinguish them. An item
 * that lacks one of them is identified by its whole content.
 */
export const identityOf = (told: Told, place: Place): Identity => {
  const { member, sort, what, outgoing, sender, item } = told
  const mid = textOf(what["mid"])
  const otherwise = weak(sort, place, item)
  const at = textOf(item["timestamp"])
  switch (member) {
    case "message":
      if (mid === undefined) return otherwise
      return strong(outgoing ? "echo" : "message", mid, ...(what["is_deleted"] === true ? ["deleted"] : []))
    case "message_edit": {
      const number = textOf(what["num_edit"])
      return mid === undefined || number === undefined ? otherwise : strong("edit", mid, number)
    }
    case "reaction": {
      const action = textOf(what["action"])
      const known = mid !== undefined && action !== undefined && sender !== undefined && at !== undefined
      return known ? strong("reaction", mid, sender, action, at) : otherwise
    }
    case "postback":
      return mid === undefined ? otherwise : strong("postback", mid)
    case "read":
    case "delivery": {
      const mids = (listOf(what["mids"]) ?? []).map((one) => textOf(one) ?? "")
      const watermark = mid ?? textOf(what["watermark"])
      return watermark === undefined || sender === undefined ? otherwise : strong(member, watermark, sender, ...mids)
    }
    default:
      return otherwise
  }
}
