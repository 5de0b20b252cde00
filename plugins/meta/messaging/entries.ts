import type { Decode, DecodedEvent, DecodedItem, IsOurs } from "../../../src/connector/inbound.ts"
import { isJsonObject, type Json, type JsonObject } from "../../../src/domain/json.ts"
import { Personal } from "../../../src/domain/personal.ts"
import { type Entry, unaddressed, undecodable, weak, type Where } from "../identity.ts"
import { instantOf, textOf } from "../read-json.ts"
import { type Branch, decodeItem } from "./items.ts"
import type { Vocabulary } from "./vocabulary.ts"

/** Decodes a change of a field that the channel knows. Returns `undefined` for any other, which is kept as `unknown`. */
export type DecodeChange = (field: string, value: JsonObject, where: Entry) => DecodedItem | undefined

export interface ChannelWords {
  readonly words: Vocabulary
  readonly change: DecodeChange
}

const branches: ReadonlyArray<Branch> = ["messaging", "standby"]
const described: ReadonlySet<string> = new Set(["id", "time", "messaging", "standby", "changes", "field", "value"])

/**
 * Decodes every event of every entry: `messaging[]`, `standby[]`, `changes[]`, and one change laid flat into its entry.
 * The documentation wraps a body in a list where the wire has one object; both are accepted. Source: META 5.2, 6.
 */
export const decodeEntries =
  (channel: ChannelWords): Decode =>
  (body, isOurs = none) =>
    Array.isArray(body) && body.length > 0
      ? body.flatMap((one: Json) => decodeBody(one, channel, isOurs))
      : decodeBody(body, channel, isOurs)

const none: IsOurs = () => false

const decodeBody = (body: Json, channel: ChannelWords, isOurs: IsOurs): ReadonlyArray<DecodedItem> => {
  const entries = isJsonObject(body) ? body["entry"] : undefined
  if (!Array.isArray(entries) || entries.length === 0) return [undecodable("the body lists no entries", body)]
  return entries.flatMap((entry: Json) => decodeEntry(entry, channel, isOurs))
}

const decodeEntry = (entry: Json, channel: ChannelWords, isOurs: IsOurs): ReadonlyArray<DecodedItem> => {
  if (!isJsonObject(entry)) return [undecodable("an entry is not an object", entry)]
  const entryId = textOf(entry["id"])
  const where: Entry = { entryId, entryTime: textOf(entry["time"]), providerAccount: entryId ?? unaddressed, isOurs }
  const items: Array<DecodedItem> = []
  for (const branch of branches) {
    const list = entry[branch]
    if (Array.isArray(list)) for (const item of list) items.push(decodeItem(item, branch, where, channel.words))
    else if (list !== undefined) items.push(undecodable("the items of an entry are not a list", entry, where))
  }
  const changes = entry["changes"]
  if (Array.isArray(changes)) for (const change of changes) items.push(decodeChange(change, where, channel))
  else if (changes !== undefined) items.push(undecodable("the changes of an entry are not a list", entry, where))
  if ("field" in entry || "value" in entry) {
    items.push(decodeChange({ field: entry["field"] ?? null, value: entry["value"] ?? null }, where, channel))
  }
  const others = Object.entries(entry).filter(([name, value]) => !described.has(name) && Array.isArray(value))
  if (others.length > 0) items.push(unknownChange(Object.fromEntries(others), where))
  return items.length > 0 ? items : [undecodable("an entry tells nothing", entry, where)]
}

const decodeChange = (change: Json, where: Entry, { words, change: known }: ChannelWords): DecodedItem => {
  if (!isJsonObject(change)) return undecodable("a change is not an object", change, where)
  const field = textOf(change["field"])
  const value = change["value"]
  if (field === undefined) return unknownChange(change, where)
  if (!isJsonObject(value)) return undecodable("the value of a change is not an object", change, where)
  if (isJsonObject(value["sender"]) && isJsonObject(value["recipient"])) {
    return decodeItem(value, field === "standby" ? "standby" : "messaging", where, words, field)
  }
  return known(field, value, where) ?? fieldChange(field, value, where, words) ?? unknownChange(change, where)
}

/** Decodes a change that is named by its field, as an item is by its member. */
const fieldChange = (field: string, value: JsonObject, where: Where, words: Vocabulary): DecodedItem | undefined => {
  const happening = words.fields.get(field)
  if (happening === undefined) return undefined
  const { kind, name } = happening
  return { ...unknownChange({ field, value }, where), kind, type: `${kind}.${name}`, personal: whole(value) }
}

const whole = (content: JsonObject) => Personal.of({ providerId: "", content })

/** Returns an event of an unknown change, with its whole content. */
const unknownChange = (change: JsonObject, where: Where): DecodedEvent => ({
  _tag: "Event",
  providerAccount: where.providerAccount,
  kind: "unknown",
  type: "unknown",
  ...weak("unknown", where, change),
  conversation: undefined,
  occurredAt: instantOf(where.entryTime),
  personal: whole(change)
})
