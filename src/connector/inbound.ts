import type * as Redacted from "effect/Redacted"
import type { EventKind, Evidence, PersonalPart } from "../domain/event.ts"
import type { Explained } from "../domain/explanation.ts"
import type { Json } from "../domain/json.ts"
import type { Personal } from "../domain/personal.ts"

/** Answers the provider's handshake, which checks that the operator owns this address: the query of a GET on it. */
export type Handshake = (
  query: URLSearchParams,
  secrets: ReadonlyArray<Redacted.Redacted<string>>,
  digest: Digest
) => { readonly _tag: "Accepted"; readonly body: string } | { readonly _tag: "Refused" }

/** Keyed hashes for connectors, which import no crypto of their own. Synchronous: this is the hot path. */
export interface Digest {
  /** Returns 32 bytes. */
  readonly hmacSha256: (key: Redacted.Redacted<string>, message: Uint8Array) => Uint8Array
  /** Compares in constant time. Returns false when the lengths differ. */
  readonly equals: (a: Uint8Array, b: Uint8Array) => boolean
  /** Returns a SHA-256 hash of bytes that are added in pieces. */
  readonly sha256: () => { readonly add: (piece: Uint8Array) => void; readonly hex: () => string }
}

/** A webhook as received: header names in lower case, the exact bytes. */
export interface RawWebhook {
  readonly headers: Readonly<Record<string, string | ReadonlyArray<string> | undefined>>
  readonly body: Uint8Array
}

/** Verifies raw bytes in constant time. Returns the index of the secret that signed, or -1. */
export type Verify = (webhook: RawWebhook, secrets: ReadonlyArray<Redacted.Redacted<string>>, digest: Digest) => number

/** One decoded item of a webhook. */
export interface DecodedEvent {
  readonly _tag: "Event"
  /** The provider's id of the account that the item is for. Routing and identity use it. */
  readonly providerAccount: string
  readonly kind: EventKind
  /** Type without the connector's id, which the host prepends: `message.text`. */
  readonly type: string
  /**
   * The provider's identity of this item: its own id and what distinguishes it from others with that id (G11). The host hashes
   * it.
   */
  readonly identity: ReadonlyArray<string>
  readonly weakIdentity: boolean
  /** Ordering key: group, person, or `undefined` for the account as a whole. The host hashes it. */
  readonly conversation: string | undefined
  /** Two ids of one person that the item shows together. Later items under `alias` alone belong to the conversation of `id`. */
  readonly learned?: { readonly id: string; readonly alias: string }
  /** Present when `conversation` is an id that may have been learned as the alias of another. */
  readonly mayBeAlias?: true
  /** The `conversation` under the previous version of the identity rules, where it differed; empty for the account (G12). */
  readonly formerly?: string
  /** Milliseconds since the epoch. `undefined` when the provider gives no usable time. */
  readonly occurredAt: number | undefined
  readonly personal: Personal<PersonalPart>
  readonly evidence?: Evidence
}

/** One item that cannot be decoded and is quarantined alone. `reason` is the gateway's text and holds nothing of the item. */
export interface Undecodable {
  readonly _tag: "Undecodable"
  readonly reason: string
  readonly providerAccount?: string
  readonly item: Personal<Json>
}

export type DecodedItem = DecodedEvent | Undecodable

/** Returns the values of `DecodedEvent.conversation` and `mayBeAlias` for a recipient. */
export type ConversationOf = (to: string) => { readonly conversation: string; readonly mayBeAlias: boolean }

/** Returns true when the operator has configured the account with this provider id. */
export type IsOurs = (providerAccount: string) => boolean

/**
 * Decodes every event of every entry and change, in the order of the webhook. Pure and total: it cannot fail, only quarantine.
 * `isOurs` decides which of several ids in an item is the account's; without it the position of the id decides.
 */
export type Decode = (body: Json, isOurs?: IsOurs) => ReadonlyArray<DecodedItem>

/** Returns the reason of a failed status from the webhook's data. Returns `undefined` when it gives none. */
export type Explain = (personal: PersonalPart) => Explained | undefined
