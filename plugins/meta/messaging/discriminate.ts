import type { JsonObject } from "../../../src/domain/json.ts"
import { type Identity, strong, weak } from "../identity.ts"
import { listOf, textOf } from "../read-json.ts"
import type { Place } from "../where.ts"

/** Which item it is: the member that says what happened, and from whom. */
export interface Told {
  /** `message`, `reaction`, … */
  readonly member: string
  /** What its identity begins with where it is weak: the member, or what it was kept as before it had a name. */
  readonly sort: string
  readonly what: JsonObject
  readonly outgoing: boolean
  readonly sender: string | undefined
  readonly item: JsonObject
}

/**
 * One `mid` stands for a message, its edits, its end, each reaction and its removal (G11): the member, the number of the
 * edit, the action with its author and its time tell them apart. What lacks one of them is told by its whole.
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
