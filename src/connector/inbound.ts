import type * as Redacted from "effect/Redacted"
import type { EventKind, Evidence, PersonalPart } from "../domain/event.ts"
import type { Explained } from "../domain/explanation.ts"
import type { Json } from "../domain/json.ts"
import type { Personal } from "../domain/personal.ts"

/** The provider's question whether this address is ours: the query of a GET on the webhook address. */
export type Handshake = (
  query: URLSearchParams,
  secrets: ReadonlyArray<Redacted.Redacted<string>>,
  digest: Digest
) => { readonly _tag: "Accepted"; readonly body: string } | { readonly _tag: "Refused" }

/** Keyed hashes for connectors, which import no crypto of their own. Synchronous: this is the hot path. */
export interface Digest {
  /** 32 bytes. */
  readonly hmacSha256: (key: Redacted.Redacted<string>, message: Uint8Array) => Uint8Array
  /** Constant time; false where lengths differ. */
  readonly equals: (a: Uint8Array, b: Uint8Array) => boolean
  /** SHA-256 of bytes that come piece by piece. */
  readonly sha256: () => { readonly add: (piece: Uint8Array) => void; readonly hex: () => string }
}

/** A webhook as it came: header names in lower case, the exact bytes. */
export interface RawWebhook {
  readonly headers: Readonly<Record<string, string | ReadonlyArray<string> | undefined>>
  readonly body: Uint8Array
}

/** Over raw bytes, constant time: the index of the secret that signed, or -1. */
export type Verify = (webhook: RawWebhook, secrets: ReadonlyArray<Redacted.Redacted<string>>, digest: Digest) => number

/** One item of a webhook, understood. */
export interface DecodedEvent {
  readonly _tag: "Event"
  /** The provider's id of the account it is for; routing and identity go by it. */
  readonly providerAccount: string
  readonly kind: EventKind
  /** `message.text`; the host writes the connector's id before it. */
  readonly type: string
  /** The provider's identity of this item: its own id and what tells it from others with that id (G11). Hashed by the host. */
  readonly identity: ReadonlyArray<string>
  readonly weakIdentity: boolean
  /** What orders it: group, person, or `undefined` for the account as a whole. Hashed by the host. */
  readonly conversation: string | undefined
  /** Two ids of one person that the item shows together: what comes later under `alias` alone is of the conversation of `id`. */
  readonly learned?: { readonly id: string; readonly alias: string }
  /** Present when `conversation` is an id that may have been learned as the alias of another. */
  readonly mayBeAlias?: true
  /** What `conversation` was under the version of the rules before, where it was another; empty for the account (G12). */
  readonly formerly?: string
  /** Milliseconds since the epoch; `undefined` where the provider says nothing usable. */
  readonly occurredAt: number | undefined
  readonly personal: Personal<PersonalPart>
  readonly evidence?: Evidence
}

/** One item that could not be understood; quarantined by itself. `reason` is our text and holds nothing of the item. */
export interface Undecodable {
  readonly _tag: "Undecodable"
  readonly reason: string
  readonly providerAccount?: string
  readonly item: Personal<Json>
}

export type DecodedItem = DecodedEvent | Undecodable

/** Returns what `DecodedEvent.conversation` and `mayBeAlias` are for a recipient. */
export type ConversationOf = (to: string) => { readonly conversation: string; readonly mayBeAlias: boolean }

/** Returns true when the provider's id of an account is one that the operator has configured. */
export type IsOurs = (providerAccount: string) => boolean

/**
 * Every event of every entry and change, in the order of the webhook. Pure and total: it cannot fail, only quarantine.
 * `isOurs` decides which of several ids in an item is the account's; without it the position of the id decides.
 */
export type Decode = (body: Json, isOurs?: IsOurs) => ReadonlyArray<DecodedItem>

/** Reads why a status failed from what the webhook said; `undefined` where it does not say. */
export type Explain = (personal: PersonalPart) => Explained | undefined
