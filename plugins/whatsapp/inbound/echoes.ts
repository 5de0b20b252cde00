import { Personal } from "../../../src/domain/personal.ts"
import type { DecodedItem } from "../../../src/connector/inbound.ts"
import { isJsonObject, type Json, type JsonObject } from "../../../src/domain/json.ts"
import { millisOf, textOf } from "../../meta/read-json.ts"
import type { Contacts } from "./contact.ts"
import { orderOf } from "./conversation.ts"
import { strong, weak } from "../../meta/identity.ts"
import { messageTypes } from "./names.ts"
import { ofEcho } from "./person.ts"
import { type Where, undecodable } from "../../meta/where.ts"

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
