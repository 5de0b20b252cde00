import type { JsonObject } from "../../../src/domain/json.ts"
import { type Identity, strong, weak } from "../identity.ts"
import { listOf, textOf } from "../read-json.ts"
import type { Place } from "../where.ts"

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
