import type { DecodedItem } from "../../../src/connector/inbound.ts"
import type { EventKind, Evidence } from "../../../src/domain/event.ts"
import { isJsonObject, type Json, type JsonObject } from "../../../src/domain/json.ts"
import { Personal } from "../../../src/domain/personal.ts"
import { type Entry, undecodable, weak } from "../identity.ts"
import { instantOf, objectOf, textOf } from "../read-json.ts"
import { identityOf, messageName, type Told } from "./discriminate.ts"
import type { Vocabulary } from "./vocabulary.ts"

/** List of an item. `standby`: another app holds the conversation, and the item is only for information (META 5.2). */
export type Branch = "messaging" | "standby"

const idOf = (person: Json | undefined) => textOf(objectOf(person)?.["id"])

/** Returns true for an action of the account itself, which the provider marks on the item or on its member. */
const isMarkedOwn = (told: Json | undefined) => {
  const members = objectOf(told)
  return members?.["is_echo"] === true || members?.["is_self"] === true
}

/**
 * Returns the account and the person of an item. The account is the first configured id of three: the side that the
 * direction implies, the other side, and the entry. In an outgoing item the sender is the account, even if the entry
 * does not say so, as in test events.
 */
const sidesOf = (item: JsonObject, what: Json | undefined, entry: Entry) => {
  const sender = idOf(item["sender"])
  const recipient = idOf(item["recipient"])
  const isOurs = (id: string | undefined) => id !== undefined && entry.isOurs(id)
  const outgoing =
    (sender !== undefined && sender === entry.entryId) ||
    isMarkedOwn(item) ||
    isMarkedOwn(what) ||
    (isOurs(sender) && !isOurs(recipient))
  const [position, other] = outgoing ? [sender, recipient] : [recipient, sender]
  const account = [position, other, entry.entryId].find(isOurs) ?? position ?? entry.providerAccount
  return {
    sender,
    person: other === account ? position : other,
    outgoing,
    where: { ...entry, providerAccount: account }
  }
}

/** Decodes one item of `messaging[]` or `standby[]`, whole. `field`: that of the change in which it arrived. */
export const decodeItem = (
  item: Json,
  branch: Branch,
  entry: Entry,
  words: Vocabulary,
  field?: string
): DecodedItem => {
  if (!isJsonObject(item)) return undecodable("an item of an entry is not an object", item, entry)
  const member = "message" in item ? "message" : [...words.happenings.keys()].find((name) => name in item)
  const what = member === undefined ? undefined : item[member]
  const { sender, person, outgoing, where } = sidesOf(item, what, entry)
  if (member !== undefined && !isJsonObject(what)) return undecodable("what happened is not an object", item, where)
  const told: Told | undefined =
    member === undefined || !isJsonObject(what)
      ? undefined
      : { member, sort: words.happenings.get(member)?.sort ?? member, what, outgoing, sender, item }
  const { identity, weakIdentity } = told === undefined ? weak("unknown", where, item) : identityOf(told, where)
  return {
    _tag: "Event",
    providerAccount: where.providerAccount,
    ...(nameOf(told, outgoing, branch, words, field) ?? unknown),
    identity: branch === "standby" ? ["standby", ...identity] : identity,
    weakIdentity,
    conversation: person,
    occurredAt: instantOf(item["timestamp"]) ?? instantOf(where.entryTime),
    personal: Personal.of({
      providerId: textOf(told?.what["mid"]) ?? "",
      ...(sender === undefined ? {} : { from: sender }),
      content: item
    }),
    ...(told === undefined || branch === "standby" ? {} : evidenceOf(told))
  }
}

const unknown = { kind: "unknown", type: "unknown" } as const

/** Returns the kind and type of an item by its member; without such a member, by the field of its change. */
const nameOf = (
  told: Told | undefined,
  outgoing: boolean,
  branch: Branch,
  words: Vocabulary,
  field = ""
): { readonly kind: EventKind; readonly type: string } | undefined => {
  const happening = told === undefined ? words.fields.get(field) : words.happenings.get(told.member)
  const name = happening?.name ?? (told === undefined ? undefined : messageName(told.what, words))
  if (name === undefined) return undefined
  if (branch === "standby") return { kind: "account", type: `standby.${name}` }
  const kind = happening?.kind ?? "message"
  if (kind !== "message") return { kind, type: `${kind}.${name}` }
  return outgoing ? { kind: "echo", type: `echo.${name}` } : { kind, type: `message.${name}` }
}

/** Returns the callback data of an echo (META 4.10): documented for Messenger, not for Instagram. */
const evidenceOf = ({ what, outgoing }: Told): { readonly evidence?: Evidence } => {
  const metadata = what["metadata"]
  return outgoing && typeof metadata === "string" && metadata !== ""
    ? { evidence: { status: "sent", callbackData: metadata } }
    : {}
}
