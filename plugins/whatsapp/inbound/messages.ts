import { Personal } from "../../../src/domain/personal.ts"
import type { DecodedItem } from "../../../src/connector/inbound.ts"
import { type Json, type JsonObject, isJsonObject } from "../../../src/domain/json.ts"
import { millisOf, textOf } from "../../meta/read-json.ts"
import { contactsOf } from "./contact.ts"
import { strong, weak } from "./identity.ts"
import { messageTypes } from "./names.ts"
import { type Where, undecodable } from "./where.ts"

/** What people wrote: one event each of `value.messages`. */
export const decodeMessages = (
  items: ReadonlyArray<Json>,
  value: JsonObject,
  where: Where
): ReadonlyArray<DecodedItem> => {
  const contacts = contactsOf(value["contacts"])
  const only = items.length === 1 ? contacts.only : undefined
  const errors = value["errors"]
  return items.map((item) => {
    if (!isJsonObject(item)) return undecodable("a message is not an object", item, where)
    const id = textOf(item["id"])
    const type = textOf(item["type"])
    const known = type !== undefined && messageTypes.has(type)
    const sender = { userId: textOf(item["from_user_id"]), phone: textOf(item["from"]) }
    const named = contacts.find(sender.userId, sender.phone)
    const contact = named ?? only
    const person = named ?? (sender.userId === undefined && sender.phone === undefined ? only : undefined)
    const userId = sender.userId ?? textOf(person?.["user_id"])
    const phone = sender.phone ?? textOf(person?.["wa_id"])
    const from = phone ?? userId
    return {
      _tag: "Event",
      providerAccount: where.providerAccount,
      kind: known ? "message" : "unknown",
      type: known ? `message.${type}` : "unknown",
      ...(id === undefined ? weak("message", where, item) : strong("message", id)),
      conversation: textOf(item["group_id"]) ?? userId ?? phone,
      occurredAt: millisOf(item["timestamp"]),
      personal: Personal.of({
        providerId: id ?? "",
        ...(from === undefined ? {} : { from }),
        content: item,
        ...(contact === undefined ? {} : { contact }),
        ...(errors === undefined ? {} : { errors })
      })
    }
  })
}
