import type { DecodedItem } from "../../../src/connector/inbound.ts"
import type { PersonalPart } from "../../../src/domain/event.ts"
import { isJsonObject, type Json, type JsonObject } from "../../../src/domain/json.ts"
import { Personal } from "../../../src/domain/personal.ts"
import { strong, undecodable, weak, type Where } from "../../meta/identity.ts"
import { millisOf, objectOf, textOf } from "../../meta/read-json.ts"
import type { Contacts } from "./contact.ts"
import { messageTypes } from "./names.ts"
import { ofEcho, ofMessage, orderOf } from "./person.ts"

/** Returns the identity of a person's message by its id. */
export const identityOfMessage = (id: string): ReadonlyArray<string> => strong("message", id).identity

/** Returns the ids of the media that a message holds (META 2.3). */
export const mediaOfMessage = ({ content }: PersonalPart): ReadonlyArray<string> => {
  const item = objectOf(content)
  const id = textOf(objectOf(item?.[textOf(item["type"]) ?? ""])?.["id"])
  return id !== undefined && mediaTypes.has(textOf(item?.["type"]) ?? "") ? [id] : []
}

const mediaTypes: ReadonlySet<string> = new Set(["image", "video", "audio", "document", "sticker"])

/** Decodes messages of people: one event for each of `value.messages`. */
export const decodeMessages = (
  items: ReadonlyArray<Json>,
  value: JsonObject,
  where: Where,
  contacts: Contacts
): ReadonlyArray<DecodedItem> =>
  items.map((item) => {
    if (!isJsonObject(item)) return undecodable("a message is not an object", item, where)
    const person = contacts.personOf(ofMessage(item))
    const { phone, userId } = person
    return eventOf("message", { item, value, where, person, from: phone ?? userId, party: userId ?? phone })
  })

/** Decodes messages that the business sent from its own app: one event for each of `value.message_echoes`. */
export const decodeEchoes = (
  items: ReadonlyArray<Json>,
  value: JsonObject,
  where: Where,
  contacts: Contacts
): ReadonlyArray<DecodedItem> =>
  items.map((item) => {
    if (!isJsonObject(item)) return undecodable("an echo is not an object", item, where)
    const person = contacts.personOf(ofEcho(item))
    const party = textOf(item["to_user_id"]) ?? textOf(item["to"])
    return eventOf("echo", { item, value, where, person, from: textOf(item["from"]), party })
  })

/** A message or an echo. `from` is its sender, and `party` the person whose conversation it belongs to outside a group. */
interface MessageItem {
  readonly item: JsonObject
  readonly value: JsonObject
  readonly where: Where
  readonly person: ReturnType<Contacts["personOf"]>
  readonly from: string | undefined
  readonly party: string | undefined
}

const eventOf = (kind: "message" | "echo", { item, value, where, person, from, party }: MessageItem): DecodedItem => {
  const id = textOf(item["id"])
  const type = textOf(item["type"])
  const known = type !== undefined && messageTypes.has(type)
  const group = textOf(item["group_id"])
  const { contact } = person
  const errors = value["errors"]
  return {
    _tag: "Event",
    providerAccount: where.providerAccount,
    kind: known ? kind : "unknown",
    type: known ? `${kind}.${type}` : "unknown",
    ...(id === undefined ? weak(kind, where, item) : strong(kind, id)),
    ...orderOf(group, person, group ?? party),
    occurredAt: millisOf(item["timestamp"]),
    personal: Personal.of({
      providerId: id ?? "",
      ...(from === undefined ? {} : { from }),
      content: item,
      ...(contact === undefined ? {} : { contact }),
      ...(errors === undefined ? {} : { errors })
    })
  }
}
