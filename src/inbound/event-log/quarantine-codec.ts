import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import type { DecodedEvent } from "../../connector/inbound.ts"
import { AccountId, ConnectorId, CorrelationId, QuarantineId } from "../../domain/ids.ts"
import type { Json } from "../../domain/json.ts"
import { jsonIn } from "../../domain/parse-json.ts"
import { Personal } from "../../domain/personal.ts"
import { type Sealer, Unreadable } from "../../secrets/sealer.ts"
import { RecordPart } from "./event-codec.ts"

export const QuarantineReason = Schema.Literals(["unknown_account", "foreign_secret", "payload"]).annotate({
  description:
    "Reason of the quarantine: `unknown_account` (not configured), `foreign_secret` (signed with another account's secret) or `payload` (not decoded)."
})
export type QuarantineReason = typeof QuarantineReason.Type

/**
 * First line of a quarantined item's record, not sealed: fixed words, the gateway's ids and times. `cut` is the length of the
 * content when it was cut. `items` is the number of items of a webhook that is kept as one.
 */
const Head = Schema.Struct({
  v: Schema.Literal(1),
  id: QuarantineId,
  cor: CorrelationId,
  con: ConnectorId,
  reason: QuarantineReason,
  detail: Schema.String,
  at: Schema.Finite,
  cut: Schema.optionalKey(Schema.Finite),
  items: Schema.optionalKey(Schema.Finite),
  /** The account's alias, when the provider account is configured. */
  acc: Schema.optionalKey(AccountId),
  /** A keyed hash of the provider account. */
  hash: Schema.optionalKey(Schema.String)
})
export type QuarantineHead = typeof Head.Type

const StoredEvent = Schema.Struct({
  providerAccount: Schema.String,
  kind: Schema.Literals(["message", "echo", "status", "account", "unknown"]),
  type: Schema.String,
  identity: Schema.Array(Schema.String),
  weakIdentity: Schema.Boolean,
  conversation: Schema.optionalKey(Schema.String),
  learned: Schema.optionalKey(Schema.Struct({ id: Schema.String, alias: Schema.String })),
  mayBeAlias: Schema.optionalKey(Schema.Literal(true)),
  formerly: Schema.optionalKey(Schema.String),
  occurredAt: Schema.optionalKey(Schema.Finite),
  part: RecordPart
})

/**
 * Content of a quarantined item, from which a release decodes it again. It is a decoded event, or an item that could not be
 * decoded, each with its webhook unless that is too long; or a whole body as text of one character a byte.
 */
const QuarantinedContent = Schema.Union([
  Schema.Struct({ event: StoredEvent, webhook: Schema.optionalKey(Schema.Json) }),
  Schema.Struct({
    item: Schema.Json,
    providerAccount: Schema.optionalKey(Schema.String),
    webhook: Schema.optionalKey(Schema.Json),
    /** Provider accounts for which the secret that signed the webhook is valid (G29). */
    signedFor: Schema.optionalKey(Schema.Array(Schema.String))
  }),
  Schema.Struct({ text: Schema.String })
])
export type QuarantinedContent = typeof QuarantinedContent.Type

const decodeHead = Schema.decodeUnknownOption(Schema.fromJsonString(Head))
const decodeKept = Schema.decodeUnknownEffect(QuarantinedContent)

export const keptEvent = (decoded: DecodedEvent, webhook: Json | undefined): QuarantinedContent => {
  const { providerAccount, kind, type, identity, weakIdentity, conversation, occurredAt, evidence } = decoded
  const { learned, mayBeAlias, formerly } = decoded
  const part = Personal.open(decoded.personal)
  return {
    event: {
      providerAccount,
      kind,
      type,
      identity,
      weakIdentity,
      ...(conversation === undefined ? {} : { conversation }),
      ...(learned === undefined ? {} : { learned }),
      ...(mayBeAlias === undefined ? {} : { mayBeAlias }),
      ...(formerly === undefined ? {} : { formerly }),
      ...(occurredAt === undefined ? {} : { occurredAt }),
      part: evidence === undefined ? part : { ...part, evidence }
    },
    ...(webhook === undefined ? {} : { webhook })
  }
}

/** Returns the content of a whole body: one character for each byte, as `Buffer` reads it back. */
export const keptBody = (body: Uint8Array): QuarantinedContent => ({
  text: Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString("latin1")
})

export const decodedOf = ({ event }: { readonly event: typeof StoredEvent.Type }): DecodedEvent => {
  const { part, conversation, occurredAt, ...rest } = event
  const { evidence, ...personal } = part
  return {
    _tag: "Event",
    ...rest,
    conversation,
    occurredAt,
    personal: Personal.of(personal),
    ...(evidence === undefined ? {} : { evidence })
  }
}

/** Returns the provider's own object. */
export const quarantinedObject = (kept: QuarantinedContent): Json => {
  if ("event" in kept) return kept.event.part.content
  return "item" in kept ? kept.item : kept.text
}

/** Limits in characters: of the kept content of one item, and of an item together with its webhook. */
const maxKept = 262_144
const maxWebhook = 65_536

/** Returns how many items of a webhook are kept together with it. Releasing one of these releases the others, too. */
export const keptWithin = (bytes: number): number => Math.floor(maxCopies / bytes)
const maxCopies = 1_048_576

/** Returns the content without its webhook. */
const bareOf = (kept: QuarantinedContent): QuarantinedContent => {
  if ("event" in kept) return { event: kept.event }
  if (!("item" in kept)) return kept
  const { item, providerAccount } = kept
  return providerAccount === undefined ? { item } : { item, providerAccount }
}

/**
 * Returns the JSON of the content and its length. A longer body than is kept is cut before it becomes JSON, which would cost
 * 20 ms for 3 MB; its length is then that of the body.
 */
const textOf = (kept: QuarantinedContent): { readonly text: string; readonly length: number } => {
  if ("text" in kept && kept.text.length > maxKept) {
    return { text: JSON.stringify({ text: kept.text.slice(0, maxKept) }), length: kept.text.length }
  }
  const whole = JSON.stringify(kept)
  const text = "webhook" in kept && whole.length > maxWebhook ? JSON.stringify(bareOf(kept)) : whole
  return { text, length: text.length }
}

/** Returns the provider's account id, or `undefined` when the webhook named none. The id may be a person's. */
export const providerAccountOf = (kept: QuarantinedContent): string | undefined => {
  if ("event" in kept) return kept.event.providerAccount
  return "item" in kept ? kept.providerAccount : undefined
}

export const encodeQuarantine = (
  sealer: Sealer["Service"],
  head: Omit<QuarantineHead, "v" | "cut">,
  kept: QuarantinedContent
): string => {
  const { text, length } = textOf(kept)
  const cut = length > maxKept ? { cut: length } : {}
  const open: typeof Head.Encoded = { v: 1, ...head, ...cut }
  return `${JSON.stringify(open)}\n${sealer.seal(text.slice(0, maxKept))}`
}

/** Decodes the part that is not sealed. Returns `undefined` when it cannot be read or was not kept. */
export const quarantineHeadOf = (record: string): QuarantineHead | undefined =>
  Option.getOrUndefined(decodeHead(record.split("\n", 1)[0]))

/** Opens the content, whole or cut. Returns `undefined` when the content was not kept for lack of space. */
export const openQuarantine = (
  sealer: Sealer["Service"],
  record: string
): Effect.Effect<QuarantinedContent | { readonly cut: string } | undefined, Unreadable> =>
  Effect.gen(function* () {
    const end = record.indexOf("\n")
    if (end === -1) return undefined
    const text = yield* sealer.open(record.slice(end + 1))
    if (quarantineHeadOf(record)?.cut !== undefined) return { cut: text }
    return yield* Effect.mapError(
      decodeKept(jsonIn(text)),
      () => new Unreadable({ reason: "not a quarantine record of format 1" })
    )
  })
