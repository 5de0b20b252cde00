import { isJsonObject, type Json, type JsonObject } from "../../../src/domain/json.ts"
import { listOf } from "../../meta/read-json.ts"
import { type Ids, ofContact } from "./person.ts"
import type { DecodedItem } from "../../../src/connector/inbound.ts"
import { Personal } from "../../../src/domain/personal.ts"

/** A person: the ids of one item, completed from the contacts of its change. */
export interface Person extends Ids {
  readonly contact: JsonObject | undefined
}

/** The persons of one change. */
export interface Contacts {
  /** Completes the ids that an item itself has: by the matching contact, else by the only contact of an only item. */
  readonly personOf: (own: Ids) => Person
  /** Returns the contacts that have matched no item so far. */
  readonly left: () => ReadonlyArray<JsonObject>
}

const none: Contacts = { personOf: (own) => ({ ...own, contact: undefined }), left: () => [] }

/** Reads the contacts of a change. `items`: the number of items that the change lists. */
export const contactsOf = (value: Json | undefined, items: number): Contacts => {
  const contacts = (listOf(value) ?? []).filter(isJsonObject)
  const [first] = contacts
  if (first === undefined) return none
  const taken = new Set<JsonObject>()
  const find = contacts.length === 1 ? alone(first) : among(contacts)
  const only = contacts.length === 1 && items === 1 ? first : undefined
  return {
    personOf: (own) => {
      const contact = find(own) ?? only
      if (contact === undefined) return { ...own, contact }
      taken.add(contact)
      return completed(own, contact)
    },
    left: () => (taken.size === contacts.length ? [] : contacts.filter((one) => !taken.has(one)))
  }
}

type Find = (own: Ids) => JsonObject | undefined

/** Fast path for a change with one contact, as nearly all have. */
const alone = (contact: JsonObject): Find => {
  const ids = ofContact(contact)
  return (own) => (isOneOf(own.userId, ids.userId) || isOneOf(own.phone, ids.phone) ? contact : undefined)
}

const isOneOf = (one: string | undefined, other: string | undefined) => one !== undefined && one === other

const among = (contacts: ReadonlyArray<JsonObject>): Find => {
  const byUserId = new Map<string, JsonObject>()
  const byPhone = new Map<string, JsonObject>()
  for (const contact of contacts) {
    const { userId, phone } = ofContact(contact)
    if (userId !== undefined) byUserId.set(userId, contact)
    if (phone !== undefined) byPhone.set(phone, contact)
  }
  return ({ userId, phone }) =>
    (userId === undefined ? undefined : byUserId.get(userId)) ?? (phone === undefined ? undefined : byPhone.get(phone))
}

const differ = (one: string | undefined, other: string | undefined) =>
  one !== undefined && other !== undefined && one !== other

/** Completes an item's ids by its contact. A contact that contradicts the item in one id does not complete the other. */
const completed = (own: Ids, contact: JsonObject): Person => {
  const { phone, userId } = ofContact(contact)
  if (differ(own.phone, phone) || differ(own.userId, userId)) return { ...own, contact }
  return { phone: own.phone ?? phone, userId: own.userId ?? userId, contact }
}

/** Adds the contacts that belong to no item of a change to its first event. */
export const withLeft = (items: ReadonlyArray<DecodedItem>, { left }: Contacts): ReadonlyArray<DecodedItem> => {
  const contacts = left()
  if (contacts.length === 0) return items
  const first = items.findIndex(({ _tag }) => _tag === "Event")
  return items.map((item, at) =>
    at === first && item._tag === "Event"
      ? { ...item, personal: Personal.of({ ...Personal.open(item.personal), contacts }) }
      : item
  )
}
