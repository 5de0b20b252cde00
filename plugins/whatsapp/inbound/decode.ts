import type { Decode, DecodedItem } from "../../../src/connector/inbound.ts"
import { isJsonObject, type Json, type JsonObject } from "../../../src/domain/json.ts"
import { unaddressed, undecodable, type Where } from "../../meta/identity.ts"
import { listOf, textOf } from "../../meta/read-json.ts"
import { decodeAccountEvents, decodeErrors, unknownChange } from "./account-events.ts"
import { type Contacts, contactsOf, withLeft } from "./contact.ts"
import { decodeEchoes, decodeMessages } from "./messages.ts"
import { decodeStatuses } from "./statuses.ts"

/** Returns the account of an item: the phone number, else the business account. */
const whereOf = (entry: JsonObject, value?: Json): Where => {
  const metadata = isJsonObject(value) ? value["metadata"] : undefined
  const phoneNumberId = isJsonObject(metadata) ? textOf(metadata["phone_number_id"]) : undefined
  const entryId = textOf(entry["id"])
  return { entryId, entryTime: textOf(entry["time"]), providerAccount: phoneNumberId ?? entryId ?? unaddressed }
}

/** Increased when an identity rule of this connector changes (G12). */
export const identityVersion = 2

/** Decodes every event of every entry and change of one webhook of the WhatsApp Cloud API. Source: META 2. */
export const decode: Decode = (body) => {
  const entries = isJsonObject(body) ? body["entry"] : undefined
  if (!Array.isArray(entries) || entries.length === 0) return [undecodable("the body lists no entries", body)]
  return inTurn(entries, decodeEntry)
}

const decodeEntry = (entry: Json): ReadonlyArray<DecodedItem> => {
  if (!isJsonObject(entry)) return [undecodable("an entry is not an object", entry)]
  const changes = entry["changes"]
  if (Array.isArray(changes) && changes.length > 0) return inTurn(changes, (change) => decodeChange(change, entry))
  return [undecodable("an entry lists no changes", entry, whereOf(entry))]
}

/** Does the same as `flatMap`, without a copy for a list of one, as nearly every list is. */
const inTurn = (
  list: ReadonlyArray<Json>,
  decodeOne: (one: Json) => ReadonlyArray<DecodedItem>
): ReadonlyArray<DecodedItem> => {
  const [only] = list
  return only !== undefined && list.length === 1 ? decodeOne(only) : list.flatMap(decodeOne)
}

const decodeChange = (change: Json, entry: JsonObject): ReadonlyArray<DecodedItem> => {
  if (!isJsonObject(change)) return [undecodable("a change is not an object", change, whereOf(entry))]
  const value = change["value"]
  const where = whereOf(entry, value)
  const field = textOf(change["field"]) ?? guessedField(value)
  if (field === undefined) return [unknownChange(change, where)]
  const lists = listsOf.get(field)
  if (lists === undefined) return decodeAccountEvents(field, change, where)
  if (!isJsonObject(value)) return [undecodable("the value of a change is not an object", change, where)]
  return decodeLists(lists, change, value, where)
}

type DecodeList = (
  items: ReadonlyArray<Json>,
  value: JsonObject,
  where: Where,
  contacts: Contacts
) => ReadonlyArray<DecodedItem>

const messageLists: ReadonlyMap<string, DecodeList> = new Map([
  ["messages", decodeMessages],
  ["statuses", decodeStatuses]
])
const listsOf: ReadonlyMap<string, ReadonlyMap<string, DecodeList>> = new Map([
  ["messages", messageLists],
  ["smb_message_echoes", new Map([["message_echoes", decodeEchoes]])]
])

/** Lists beside the items, which describe them. */
const companions: ReadonlySet<string> = new Set(["contacts", "errors"])

/** Returns the field of a change without one, by the lists that it holds. */
const guessedField = (value: Json | undefined) =>
  isJsonObject(value) && ("messages" in value || "statuses" in value) ? "messages" : undefined

const decodeLists = (
  lists: ReadonlyMap<string, DecodeList>,
  change: JsonObject,
  value: JsonObject,
  where: Where
): ReadonlyArray<DecodedItem> => {
  const items: Array<DecodedItem> = []
  let listed = 0
  for (const name of lists.keys()) listed += listOf(value[name])?.length ?? 0
  const contacts = contactsOf(value["contacts"], listed)
  let others = false
  for (const name of Object.keys(value)) {
    const member = value[name]
    const decodeList = lists.get(name)
    if (decodeList === undefined) others ||= Array.isArray(member) && member.length > 0 && !companions.has(name)
    else if (Array.isArray(member)) for (const item of decodeList(member, value, where, contacts)) items.push(item)
    else items.push(undecodable("the items of a change are not a list", change, where))
  }
  if (others) items.push(unknownChange(change, where))
  if (items.length > 0) return withLeft(items, contacts)
  return [value["errors"] === undefined ? unknownChange(change, where) : decodeErrors(value, where)]
}
