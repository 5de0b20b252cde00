import type * as Effect from "effect/Effect"
import type * as Redacted from "effect/Redacted"
import type * as Scope from "effect/Scope"
import type * as Result from "effect/Result"
import type { Failure, FailureReport, Issue, PayloadError } from "../domain/failure.ts"
import type { AccountId, CapabilityId, ConnectorId, ProviderAccountId } from "../domain/ids.ts"
import type { Protection, Receipt } from "../domain/intent.ts"
import type { PersonalPart } from "../domain/event.ts"
import type { Json } from "../domain/json.ts"
import type { ConversationOf, DecodedItem, Digest, Explain, Handshake, RawWebhook } from "./inbound.ts"
import type { Limit } from "./limit.ts"
import type { Echo, MessageTraits, Proof, Sighting } from "./proof.ts"
import type { Medium, MediumHead, NoSuchMedium, Upload } from "./media.ts"
import type { ProbeResult } from "./probe.ts"
import type { ProviderAnswer, ProviderHttp } from "./provider-http.ts"

/** A secret kept up to date by its owner; read without waiting. */
export interface SecretReader {
  readonly current: () => Redacted.Redacted<string>
  readonly candidates: () => ReadonlyArray<Redacted.Redacted<string>>
}

/** A connector as configured, with its secrets at hand: what the rest of the house works with. */
export interface Channel {
  readonly id: ConnectorId
  readonly version: string
  /** Whose events these are, by the provider's own account id. */
  readonly routes: ReadonlyMap<string, { readonly account: AccountId; readonly providerAccount: ProviderAccountId }>
  readonly handshake: (query: URLSearchParams, digest: Digest) => ReturnType<Handshake>
  /**
   * Over raw bytes, with the current and the previous version of every secret: the provider accounts that the one that
   * signed speaks for (G29), or `undefined` where none of ours did.
   */
  readonly verify: (webhook: RawWebhook, digest: Digest) => ReadonlySet<string> | undefined
  readonly decode: (body: Json) => ReadonlyArray<DecodedItem>
  readonly accounts: ReadonlyMap<string, ChannelAccount>
  /** The provider's own words about a status that failed. */
  readonly explain: Explain
  /** What a `failed` status with this code says. The provider itself reports that it did not happen. */
  readonly failureOf: (code: string | undefined) => FailureReport
  /** The same for every way to write one recipient. Names a person. */
  readonly recipientOf: (to: string) => string
  /** The conversation of a recipient, where the connector knows it from `to`. Names a person. */
  readonly conversationOf?: ConversationOf
  /** Reads an echo that returns nothing of ours; absent where nothing is proven by its looks. */
  readonly readEcho?: (echo: PersonalPart) => Echo
  /** Seconds for which an answer asks that the account hold still; 0 where it does not. */
  readonly usage: (answer: ProviderAnswer) => number
  /** Returns true for an answer that the provider's API wrote, an error included; false for one of a proxy (G48). */
  readonly isOwnAnswer: (answer: ProviderAnswer) => boolean
}

export interface ChannelAccount {
  readonly id: AccountId
  readonly providerAccount: ProviderAccountId
  readonly capabilities: ReadonlyMap<string, ChannelCapability>
  /** References of every secret that a call for this account uses; a proof holds for these versions of them. */
  readonly secretRefs: ReadonlyArray<string>
  /** The provider's id of the app that sends for it, where the operator's file says so. */
  readonly appId?: string
  /** Absent where the provider keeps none. */
  readonly media?: ChannelMedia
  /** Absent where the connector has none. A few requests, each within the time of one call. */
  readonly probe?: Effect.Effect<ProbeResult, never, ProviderHttp>
  /** Those secrets as they are now: an account that is paused for a bad one goes on once one has changed (G27). */
  readonly credentials: () => ReadonlyArray<Redacted.Redacted<string>>
}

export interface ChannelMedia {
  readonly maxBytes: number
  readonly check: (head: MediumHead) => ReadonlyArray<Issue>
  readonly upload: (upload: Upload) => Effect.Effect<string, Failure, ProviderHttp>
  readonly download: (id: string) => Effect.Effect<Medium, Failure | NoSuchMedium, ProviderHttp | Scope.Scope>
}

export interface ChannelCapability {
  readonly id: CapabilityId
  readonly protection: Protection
  readonly recipient: "required" | "absent"
  readonly retryUnknown: number
  /** How a doubt may end by itself; only `verified` has one. */
  readonly proof?: Proof
  /** What its intents take from, every one of them (G25). */
  readonly limits: ReadonlyArray<Limit>
  /** All that can fail without touching the provider. */
  readonly prepare: (input: unknown, to: string | undefined) => Result.Result<Prepared, PayloadError>
}

/** One intent, checked: performing it is one call to the provider. */
export interface Prepared {
  readonly perform: (callbackData: string) => Effect.Effect<Receipt, Failure, ProviderHttp>
  /** Where it can be read back: what is there now, from `since` on, and looks like this intent. */
  readonly find?: (since: number) => Effect.Effect<ReadonlyArray<Sighting>, Failure, ProviderHttp>
  /** Where an echo is told by its looks. */
  readonly isEcho?: (echo: PersonalPart) => boolean
  /** What its message will look like, where it may cause one; a member that is absent may be anything. */
  readonly traits?: MessageTraits
}
