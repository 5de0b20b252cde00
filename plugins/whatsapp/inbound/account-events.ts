import { Personal } from "../../../src/domain/personal.ts"
import type { DecodedEvent, DecodedItem } from "../../../src/connector/inbound.ts"
import { isJsonObject, type Json, type JsonObject } from "../../../src/domain/json.ts"
import { listOf, millisOf, textOf } from "../../meta/read-json.ts"
import { contactsOf, withLeft } from "./contact.ts"
import { ofAccountItem, orderOf } from "./person.ts"
import { type Identity, strong, undecodable, weak, type Where } from "../../meta/identity.ts"
import { accountFields } from "./names.ts"

/** Names of the lists of separate events, by the field whose value holds them. */
const lists: ReadonlyMap<string, ReadonlyArray<string>> = new Map([
  ["calls", ["calls", "statuses"]],
  ["user_preferences", ["user_preferences"]],
  ["history", ["history", "messages"]],
  ["group_lifecycle_update", ["groups"]],
  ["group_participants_update", ["groups"]],
  ["group_settings_update", ["groups"]],
  ["group_status_update", ["groups"]]
])

/** Fields whose items concern one person or group each, and keep order with that person's or group's messages. */
const ofPeople: ReadonlySet<string> = new Set([
  "calls",
  "user_preferences",
  "group_lifecycle_update",
  "group_participants_update",
  "group_settings_update",
  "group_status_update"
])

/** One conversation for the account as a whole. */
const ofAccount = { conversation: undefined } as const

/** Decodes changes of the account as a whole: one event for a change, or one for each item that its value lists. */
export const decodeAccountEvents = (field: string, change: JsonObject, where: Where): ReadonlyArray<DecodedItem> => {
  if (!accountFields.has(field)) return [unknownChange(change, where)]
  const value = change["value"]
  if (!isJsonObject(value)) return [undecodable("the value of a change is not an object", change, where)]
  const items = (lists.get(field) ?? []).flatMap((name) => listOf(value[name]) ?? [])
  if (items.length === 0) return [accountEvent(field, value, weak(field, where, change), where)]
  const contacts = contactsOf(value["contacts"], items.length)
  const own = ofAccountItem(value["metadata"])
  const events = items.map((item) => {
    if (!isJsonObject(item)) return undecodable("an item of a change is not an object", item, where)
    const person = contacts.personOf(own(item))
    const order = ofPeople.has(field) ? orderOf(textOf(item["group_id"]), person, undefined) : ofAccount
    const identity = itemIdentity(field, item, where)
    return accountEvent(field, item, identity, where, person.contact, value["errors"], order)
  })
  return withLeft(events, contacts)
}

/**
 * Returns the identity of an item. A call has an id, with several events under it; no other item here has an id that
 * surely distinguishes it.
 */
const itemIdentity = (field: string, item: JsonObject, where: Where): Identity => {
  const id = field === "calls" ? textOf(item["id"]) : undefined
  if (id === undefined) return weak(field, where, item)
  const happened = textOf(item["event"]) ?? textOf(item["status"]) ?? ""
  return strong(field, id, happened, textOf(item["timestamp"]) ?? "")
}

const accountEvent = (
  field: string,
  content: JsonObject,
  identity: Identity,
  where: Where,
  contact?: Json,
  errors?: Json,
  order: ReturnType<typeof orderOf> = ofAccount
): DecodedEvent => ({
  _tag: "Event",
  providerAccount: where.providerAccount,
  kind: "account",
  type: `account.${field}`,
  ...identity,
  ...order,
  occurredAt: millisOf(content["timestamp"]) ?? millisOf(where.entryTime),
  personal: Personal.of({
    providerId: textOf(content["id"]) ?? where.entryId ?? "",
    content,
    ...(contact === undefined ? {} : { contact }),
    ...(errors === undefined ? {} : { errors })
  })
})

/** Decodes errors that came with no message and no status. */
export const decodeErrors = (value: JsonObject, where: Where): DecodedEvent =>
  accountEvent("errors", value, weak("errors", where, value), where)

/** Returns an event of an unknown change, with its whole content. */
export const unknownChange = (change: JsonObject, where: Where): DecodedEvent => ({
  _tag: "Event",
  providerAccount: where.providerAccount,
  kind: "unknown",
  type: "unknown",
  ...weak("unknown", where, change),
  conversation: undefined,
  occurredAt: millisOf(where.entryTime),
  personal: Personal.of({ providerId: where.entryId ?? "", content: change })
})
