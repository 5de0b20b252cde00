import { Personal } from "../../domain/personal.ts"
import type { Channel } from "../../connector/channel.ts"
import type { DecodedEvent, DecodedItem } from "../../connector/inbound.ts"
import type { InboundEvent } from "../../domain/event.ts"
import {
  type AccountId,
  type ConversationId,
  type CorrelationId,
  type EventId,
  isEventId,
  type QuarantineId
} from "../../domain/ids.ts"
import { canonicalJson, type Json } from "../../domain/json.ts"
import type { Pieces } from "../../domain/pieces.ts"
import {
  accountHashOf,
  conversationIdOf,
  eventIdOf,
  quarantineIdOf,
  quarantineIdOfBody
} from "../../identity/derive.ts"
import { partitionOf } from "../../partition/partitions.ts"
import type { IdHash } from "../../secrets/id-hash.ts"
import type { Sealer } from "../../secrets/sealer.ts"
import type { NewEntry } from "../event-log/event-log.ts"
import {
  encodeQuarantine,
  type QuarantinedContent,
  keptBody,
  keptEvent,
  providerAccountOf,
  type QuarantineHead,
  type QuarantineReason
} from "../event-log/quarantine-codec.ts"
import { encodeEvent } from "../event-log/event-codec.ts"

/** One item of a webhook, ready for the store, and what the log may contain of it. */
export interface Item {
  readonly partition: number
  readonly entry: NewEntry
  readonly key: EventId | QuarantineId
  readonly correlationId: CorrelationId
  readonly accountId?: AccountId
  readonly eventType?: string
  readonly reason?: QuarantineReason
  /** Present when the item names an alias, an id that may be one, or an id that the former identity rule used. */
  readonly person?: ItemPerson
}

/** Ids of a person in an item that has two of them, or one that may be an alias. They name a person: never print them. */
export interface ItemPerson {
  /** Connector and provider account. */
  readonly of: string
  readonly key: EventId
  readonly conversation: ConversationId
  readonly decoded: Pick<DecodedEvent, "learned" | "mayBeAlias" | "formerly">
  readonly conversationOf: (id: string) => ConversationId
  /** Returns the same item in another conversation. */
  readonly moveTo: (conversation: ConversationId) => Item
}

export interface ItemTools {
  readonly hash: IdHash["Service"]
  readonly sealer: Sealer["Service"]
  readonly partitions: number
  /** Milliseconds since the epoch. */
  readonly now: number
  /** True when the store's stamp has the former version of the identity rules, which then apply until its upgrade (G12). */
  readonly formerRule?: boolean
}

/**
 * Makes the entry of one decoded item. An event goes to the log when its account is configured and the secret that signed
 * is valid for that account: `signedFor` is the result of `Channel.verify` (G29). Every other item is quarantined by itself,
 * with its `webhook`, which a release decodes again.
 */
export const normalizeItem = (
  tools: ItemTools,
  channel: Channel,
  decoded: DecodedItem,
  signedFor: ReadonlySet<string>,
  webhook: () => Json | undefined = noWebhook
): Item => {
  if (decoded._tag === "Undecodable") {
    const item = Personal.open(decoded.item)
    const whole = webhook()
    const { providerAccount } = decoded
    const own = providerAccount === undefined ? { item } : { item, providerAccount }
    const kept = whole === undefined ? own : { ...own, webhook: whole, signedFor: [...signedFor] }
    const key = quarantineIdOf(tools.hash, channel, ["item", canonicalJson(item)])
    return quarantined(tools, channel, { key, reason: "payload", detail: decoded.reason, kept })
  }
  const route = channel.routes.get(decoded.providerAccount)
  if (route === undefined || !signedFor.has(decoded.providerAccount)) {
    const [reason, identityKind] = route === undefined ? (["unknown_account", "event"] as const) : foreign
    const key = quarantineIdOf(tools.hash, channel, [identityKind, decoded.providerAccount, ...decoded.identity])
    return quarantined(tools, channel, { key, reason, detail: decoded.kind, kept: keptEvent(decoded, webhook()) })
  }
  const event = normalize(tools, channel, decoded, route)
  const { learned, mayBeAlias, formerly } = decoded
  const item = eventItem(tools, event)
  if (tools.formerRule === true || (learned ?? mayBeAlias ?? formerly) === undefined) return item
  const owner = { channel, account: route }
  return {
    ...item,
    person: {
      of: `${channel.id} ${route.providerAccount}`,
      key: event.eventId,
      conversation: event.conversation,
      decoded,
      conversationOf: (id) => conversationIdOf(tools.hash, owner, id),
      moveTo: (conversation) =>
        conversation === event.conversation ? item : eventItem(tools, { ...event, conversation })
    }
  }
}

const eventItem = (tools: ItemTools, event: InboundEvent): Item & { readonly key: EventId } => {
  const { record, sealed } = encodeEvent(tools.sealer, event)
  return {
    partition: partitionOf(event.conversation, tools.partitions),
    entry: {
      key: event.eventId,
      sort: "event",
      consumers: event.evidence === undefined && event.kind !== "echo" ? runtime : both,
      record,
      sealed
    },
    key: event.eventId,
    correlationId: event.correlationId,
    accountId: event.account,
    eventType: event.type
  }
}

const noWebhook = () => undefined

/** Reason and identity of an event that another account's secret signed. Its id differs from that of a genuine event. */
const foreign = ["foreign_secret", "foreign"] as const

const runtime = ["runtime"] as const
const both = ["runtime", "ledger"] as const

const normalize = (
  { hash, now, formerRule }: ItemTools,
  channel: Channel,
  decoded: DecodedEvent,
  route: NonNullable<ReturnType<Channel["routes"]["get"]>>
): InboundEvent => ({
  eventId: eventIdOf(hash, { channel, account: route }, decoded.identity),
  correlationId: hash.correlation(),
  connector: channel.id,
  account: route.account,
  providerAccount: route.providerAccount,
  conversation: conversationIdOf(
    hash,
    { channel, account: route },
    (formerRule === true ? decoded.formerly : undefined) ?? decoded.conversation ?? ""
  ),
  type: `${channel.id}.${decoded.type}`,
  kind: decoded.kind,
  occurredAt: decoded.occurredAt ?? now,
  weakIdentity: decoded.weakIdentity,
  personal: decoded.personal,
  ...(decoded.evidence === undefined ? {} : { evidence: decoded.evidence })
})

/** Makes the entry of a body that cannot be parsed or exceeds a limit. It is kept as text and identified by its bytes (G28). */
export function* unparsable(
  tools: ItemTools,
  channel: Channel,
  problem: string,
  body: Uint8Array,
  items?: number
): Pieces<Item> {
  const key = yield* quarantineIdOfBody(tools.hash, channel, body)
  yield
  return quarantined(tools, channel, { key, reason: "payload", detail: problem, kept: keptBody(body), items })
}

interface Quarantined {
  readonly key: QuarantineId
  readonly reason: QuarantineReason
  readonly detail: string
  readonly kept: QuarantinedContent
  readonly items?: number | undefined
}

const quarantined = (
  { hash, sealer, partitions, now }: ItemTools,
  channel: Channel,
  { key, reason, detail, kept, items }: Quarantined
): Item => {
  const correlationId = hash.correlation()
  const head = {
    id: key,
    cor: correlationId,
    con: channel.id,
    reason,
    detail,
    at: now,
    ...(items === undefined ? {} : { items }),
    ...accountFieldsOf(hash, channel, providerAccountOf(kept))
  }
  return {
    partition: partitionOf(key, partitions),
    entry: { key, sort: "quarantine", consumers: [], record: encodeQuarantine(sealer, head, kept) },
    key,
    correlationId,
    reason
  }
}

/**
 * Returns the alias and the hash of the provider account, for the part that is not sealed. The id itself stays sealed: when
 * no account is configured for it, it may be a person's.
 */
const accountFieldsOf = (
  hash: IdHash["Service"],
  channel: Channel,
  providerAccount: string | undefined
): Pick<QuarantineHead, "acc" | "hash"> => {
  if (providerAccount === undefined) return {}
  const alias = channel.routes.get(providerAccount)?.account
  return {
    ...(alias === undefined ? {} : { acc: alias }),
    hash: accountHashOf(hash, { channel, account: { providerAccount } })
  }
}

export const isEventItem = (item: Item): item is Item & { readonly key: EventId } => isEventId(item.key)
