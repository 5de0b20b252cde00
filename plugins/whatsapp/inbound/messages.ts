import type { DecodedItem } from "../../../src/connector/inbound.ts"
import { isJsonObject, type Json, type JsonObject } from "../../../src/domain/json.ts"
import { Personal } from "../../../src/domain/personal.ts"
import { strong, undecodable, weak, type Where } from "../../meta/identity.ts"
import { millisOf, textOf } from "../../meta/read-json.ts"
import type { Contacts } from "./contact.ts"
import { messageTypes } from "./names.ts"
import { ofEcho, ofMessage, orderOf } from "./person.ts"

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

/** Decodes messages that the business sent from its own app: one event for each of `value.message_echoes`. */
export const decodeEchoes = (
  items: ReadonlyArray<Json>,
  value: JsonObject,
  where: Where,
  contacts: Contacts
): ReadonlyArray<DecodedItem> => {
  const errors = value["errors"]
  return items.map((item) => {
    if (!isJsonObject(item)) return undecodable("an echo is not an object", item, where)
    const id = textOf(item["id"])
    const type = textOf(item["type"])
    const known = type !== undefined && messageTypes.has(type)
    const from = textOf(item["from"])
    const group = textOf(item["group_id"])
    const person = contacts.personOf(ofEcho(item))
    const { contact } = person
    return {
      _tag: "Event",
      providerAccount: where.providerAccount,
      kind: known ? "echo" : "unknown",
      type: known ? `echo.${type}` : "unknown",
      ...(id === undefined ? weak("echo", where, item) : strong("echo", id)),
      ...orderOf(group, person, group ?? textOf(item["to_user_id"]) ?? textOf(item["to"])),
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
