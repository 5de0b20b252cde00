import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type * as Redacted from "effect/Redacted"
import type * as Result from "effect/Result"
import type * as Scope from "effect/Scope"
import type { PersonalPart } from "../domain/event.ts"
import type { Failure, FailureReport, Issue, PayloadError } from "../domain/failure.ts"
import type { AccountId, CapabilityId, ConnectorId, ProviderAccountId } from "../domain/ids.ts"
import type { Protection, Receipt } from "../domain/intent.ts"
import type { Json } from "../domain/json.ts"
import type { ChannelConfirmation } from "./confirm-inbound.ts"
import type { AcknowledgedBy } from "./acknowledged-by.ts"
import type { ConversationOf, DecodedItem, Digest, Explain, Handshake, RawWebhook } from "./inbound.ts"
import type { Limit } from "./limit.ts"
import type { Medium, MediumHead, NoSuchMedium, Upload } from "./media.ts"
import type { ProbeResult } from "./probe.ts"
import type { Echo, MessageTraits, Proof, Sighting } from "./proof.ts"
import type { ProviderAnswer, ProviderHttp } from "./provider-http.ts"

/** A secret that its owner keeps up to date; read without waiting. */
export interface SecretReader {
  readonly current: () => Redacted.Redacted<string>
  readonly candidates: () => ReadonlyArray<Redacted.Redacted<string>>
  /** Returns the current version and the previous one of any age. Without it only the candidates are known. */
  readonly versions?: () => ReadonlyArray<Redacted.Redacted<string>>
}

/** A webhook that a configured secret has signed. */
export interface VerifiedWebhook {
  /** Provider accounts that the secret covers (G29). */
  readonly accounts: ReadonlySet<string>
  /** Version of the secret that signed. */
  readonly secret: Redacted.Redacted<string>
}

/** A configured connector with its secrets bound: the other rooms use only this form. */
export interface Channel {
  readonly id: ConnectorId
  readonly version: string
  /** Accounts by the provider's own account id: they route events. */
  readonly routes: ReadonlyMap<string, { readonly account: AccountId; readonly providerAccount: ProviderAccountId }>
  readonly handshake: (query: URLSearchParams, digest: Digest) => ReturnType<Handshake>
  /**
   * Verifies raw bytes against the current and the previous version of every secret. Returns the version that signed and its
   * accounts, or `undefined` when no configured secret signed.
   */
  readonly verify: (webhook: RawWebhook, digest: Digest) => VerifiedWebhook | undefined
  /** Returns true when a version signed that {@link verify} no longer accepts. */
  readonly isSignedFormerly: (webhook: RawWebhook, digest: Digest) => boolean
  readonly decode: (body: Json) => ReadonlyArray<DecodedItem>
  readonly accounts: ReadonlyMap<string, ChannelAccount>
  /** Returns the provider's own words about a `failed` status. */
  readonly explain: Explain
  /**
   * Returns the failure that a `failed` status with this code means: the provider itself reports that the send did not happen.
   */
  readonly failureOf: (code: string | undefined) => FailureReport
  /** Returns one text for all spellings of a recipient. It names a person. */
  readonly recipientOf: (to: string) => string
  /** Returns the conversation of a recipient, where the connector derives it from `to`. It names a person. */
  readonly conversationOf?: ConversationOf
  /** Reads an echo that returns no callback data; absent where content proves nothing. */
  readonly readEcho?: (echo: PersonalPart) => Echo
  /** Returns the seconds for which an answer asks to pause the account; 0 when it does not ask. */
  readonly throttleSeconds: (answer: ProviderAnswer) => number
  /** Returns true for an answer that the provider's API wrote, an error included; false for one of a proxy (G48). */
  readonly isOwnAnswer: (answer: ProviderAnswer) => boolean
}

export interface ChannelAccount {
  readonly id: AccountId
  readonly providerAccount: ProviderAccountId
  readonly capabilities: ReadonlyMap<string, ChannelCapability>
  /** References of every secret that a call for this account uses. A proof holds for these versions of them. */
  readonly secretRefs: ReadonlyArray<string>
  /** The provider's id of the app that sends for the account, if configured. */
  readonly appId?: string
  /** Media of the account; absent where the provider stores none. */
  readonly media?: ChannelMedia
  /** Confirms that the provider knows an inbound event; absent where nothing can. */
  readonly confirmInbound?: ChannelConfirmation
  /**
   * Probes the credential with a few requests, each within the time limit of one call. Absent where the connector has no
   * probe.
   */
  readonly probe?: Effect.Effect<ProbeResult, never, ProviderHttp>
  /** Returns the current values of those secrets. An account paused for a bad one resumes once one has changed (G27). */
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
  /** Proof that ends a doubt by itself; only `verified` has one. */
  readonly proof?: Proof
  /** Sign of its effect, if its connector declares one. */
  readonly acknowledged?: AcknowledgedBy
  /** Rate limits that each of its intents counts against (G25). */
  readonly limits: ReadonlyArray<Limit>
  /** Makes every check that does not call the provider. */
  readonly prepare: (input: unknown, to: string | undefined) => Result.Result<Prepared, PayloadError>
}

/** One checked intent. Performing it is one call to the provider. */
export interface Prepared {
  readonly perform: (callbackData: string) => Effect.Effect<Receipt, Failure, ProviderHttp>
  /**
   * Returns the messages at the provider, created at or after `since`, that match this intent; absent where none can be read
   * back.
   */
  readonly find?: (since: number) => Effect.Effect<ReadonlyArray<Sighting>, Failure, ProviderHttp>
  /** Present where content alone identifies an echo. */
  readonly isEcho?: (echo: PersonalPart) => boolean
  /** Traits of its message, where it may cause one; an absent member may have any value. */
  readonly traits?: MessageTraits
  /** `DecodedEvent.identity` of the inbound event that the input names. A success confirms that the provider knows it. */
  readonly namedEvent?: ReadonlyArray<string>
}

/** Every configured connector of this process, by its id. */
export class Channels extends Context.Service<Channels, ReadonlyMap<string, Channel>>()(
  "comporta/connector/Channels"
) {}
