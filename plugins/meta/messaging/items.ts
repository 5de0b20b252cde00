import type { DecodedItem } from "../../../src/connector/inbound.ts"
import type { EventKind, Evidence } from "../../../src/domain/event.ts"
import { type Json, type JsonObject, isJsonObject } from "../../../src/domain/json.ts"
import { Personal } from "../../../src/domain/personal.ts"
import { weak } from "../identity.ts"
import { objectOf, textOf } from "../read-json.ts"
import { type Where, undecodable } from "../where.ts"
import { type Told, identityOf } from "./discriminate.ts"
import { instantOf } from "./instant.ts"
import { messageName } from "./messages.ts"
import type { Vocabulary } from "./vocabulary.ts"

/** `standby`: another app holds the conversation, and this is only to be known (META 5.2). */
export type Branch = "messaging" | "standby"

const idOf = (person: Json | undefined) => textOf(objectOf(person)?.["id"])

/** Who of both is the account: the sender of what went out, also where, as in test events, the entry does not say. */
const sidesOf = (item: JsonObject, entry: Where) => {
  const sender = idOf(item["sender"])
  const recipient = idOf(item["recipient"])
  const message = objectOf(item["message"])
  const own = sender !== undefined && sender === entry.entryId
  const outgoing = own || message?.["is_echo"] === true || message?.["is_self"] === true
  const [account, person] = outgoing ? [sender, recipient] : [recipient, sender]
  return { sender, person, outgoing, where: { ...entry, providerAccount: account ?? entry.providerAccount } }
}

/** One item of `messaging[]` or `standby[]`, whole. */
export const decodeItem = (item: Json, branch: Branch, entry: Where, words: Vocabulary): DecodedItem => {
  if (!isJsonObject(item)) return undecodable("an item of an entry is not an object", item, entry)
  const { sender, person, outgoing, where } = sidesOf(item, entry)
  const member = "message" in item ? "message" : [...words.happenings.keys()].find((name) => name in item)
  const what = member === undefined ? undefined : item[member]
  if (member !== undefined && !isJsonObject(what)) return undecodable("what happened is not an object", item, where)
  const told: Told | undefined =
    member === undefined || !isJsonObject(what) ? undefined : { member, what, outgoing, sender, item }
  const { identity, weakIdentity } = told === undefined ? weak("unknown", where, item) : identityOf(told, where)
  return {
    _tag: "Event",
    providerAccount: where.providerAccount,
    ...(told === undefined ? unknown : nameOf(told, branch, words)),
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

const nameOf = (
  { member, what, outgoing }: Told,
  branch: Branch,
  words: Vocabulary
): { readonly kind: EventKind; readonly type: string } => {
  const happening = words.happenings.get(member)
  const name = happening?.name ?? messageName(what, words)
  if (name === undefined) return unknown
  if (branch === "standby") return { kind: "account", type: `standby.${name}` }
  const kind = happening?.kind ?? "message"
  if (kind !== "message") return { kind, type: `${kind}.${name}` }
  return outgoing ? { kind: "echo", type: `echo.${name}` } : { kind, type: `message.${name}` }
}

/** Our callback data, where an echo returns it (META 4.10): documented for Messenger, not for Instagram. */
const evidenceOf = ({ what, outgoing }: Told): { readonly evidence?: Evidence } => {
  const metadata = what["metadata"]
  return outgoing && typeof metadata === "string" && metadata !== ""
    ? { evidence: { status: "sent", callbackData: metadata } }
    : {}
}
