import { Personal } from "../../../src/domain/personal.ts"
import type { DecodedItem } from "../../../src/connector/inbound.ts"
import { isJsonObject, type Json, type JsonObject } from "../../../src/domain/json.ts"
import { millisOf, textOf } from "../../meta/read-json.ts"
import type { Contacts } from "./contact.ts"
import { orderOf } from "./conversation.ts"
import { strong, weak } from "../../meta/identity.ts"
import { messageTypes } from "./names.ts"
import { ofMessage } from "./person.ts"
import { type Where, undecodable } from "../../meta/where.ts"

/** Decodes messages of people: one event for each of `value.messages`. */
export const decodeMessages = (
  items: ReadonlyArray<Json>,
  value: JsonObject,
  where: Where,
  contacts: Contacts
): ReadonlyArray<DecodedItem> => {
  const errors = value["errors"]
  return items.map((item) => {
    if (!isJsonObject(item)) return undecodable("a message is not an object", item, where)
    const id = textOf(item["id"])
    const type = textOf(item["type"])
    const known = type !== undefined && messageTypes.has(type)
    const group = textOf(item["group_id"])
    const person = contacts.personOf(ofMessage(item))
    const { contact, phone, userId } = person
    const from = phone ?? userId
    return {
      _tag: "Event",
      providerAccount: where.providerAccount,
      kind: known ? "message" : "unknown",
      type: known ? `message.${type}` : "unknown",
      ...(id === undefined ? weak("message", where, item) : strong("message", id)),
      ...orderOf(group, person, group ?? userId ?? phone),
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
