import type * as Duration from "effect/Duration"
import type * as Schema from "effect/Schema"
import type { Capability } from "./capability.ts"
import type { InboundConfirmation, RefusedInput } from "./confirm-inbound.ts"
import type { ErrorTable } from "./error-table.ts"
import type { ConversationOf, Decode, Explain, Handshake, Verify } from "./inbound.ts"
import type { Media } from "./media.ts"
import type { Echoes } from "./proof.ts"
import type { Probe } from "./probe.ts"
import type { Limit } from "./limit.ts"
import type { ProviderAnswer } from "./provider-http.ts"
import type { Simulate } from "./simulator.ts"

/** One connector of the operator's file. `settings` holds the keys that only the connector knows. */
export interface RawConnector {
  readonly secrets: Readonly<Record<string, string>>
  readonly settings: Readonly<Record<string, unknown>>
  readonly accounts: Readonly<
    Record<
      string,
      { readonly secrets: Readonly<Record<string, string>>; readonly settings: Readonly<Record<string, unknown>> }
    >
  >
  readonly capabilities: ReadonlyArray<string>
}

/** One provider-side identity behind a configured account. */
export interface Route {
  readonly providerAccount: string
  /** Alias that events carry: the operator's, or a separate one for a business account (G28). */
  readonly account: string
}

/**
 * Definition of a channel by its author: one exported value, made by `connector`. `Settings` are the keys beside `secrets`,
 * `accounts` and `capabilities` in the operator's file; `Account` those of one account beside its `secrets`.
 */
export interface Definition<Settings, Account> {
  /** Id, as in `/webhooks/{id}`. */
  readonly id: string
  readonly version: string
  /** Time for which the provider keeps redelivering. Dedupe marks live longer. */
  readonly retryHorizon: Duration.Duration
  readonly settings: Schema.Codec<Settings, unknown>
  readonly account: Schema.Codec<Account, unknown>
  /**
   * Names that the operator maps to secret references. Each is required. A name of `either` is set at the connector, for all
   * accounts without one of their own, or else at every account.
   */
  readonly secrets: {
    readonly connector: ReadonlyArray<string>
    readonly account: ReadonlyArray<string>
    readonly either?: ReadonlyArray<string>
  }
  /** Returns the routes of an account. The first is the one that sends. */
  readonly routes: (alias: string, account: Account) => readonly [Route, ...ReadonlyArray<Route>]
  readonly inbound: {
    /** The connector secret that the handshake compares. */
    readonly handshakeSecret: string
    readonly handshake: Handshake
    /** The secret that signs webhooks, of the connector or of `either`. It covers only the accounts that use it (G29). */
    readonly signingSecret: string
    readonly verify: Verify
    readonly decode: Decode
    /** Returns the provider's own words about a `failed` status, and the ids of the persons they are about. */
    readonly explain?: Explain
    /** Increased when an identity rule changes (G12). */
    readonly identityVersion: number
  }
  readonly capabilities: ReadonlyArray<Capability<Settings, Account>>
  readonly errors: ErrorTable
  /** Reader of echoes; absent where an echo returns the callback data, or the provider sends none: then content proves nothing. */
  readonly echoes?: Echoes<Settings, Account>
  /** Media that messages refer to by id, where the provider stores them. */
  readonly media?: Media<Settings, Account>
  /** Asks the provider whether a credential is good for an account. Runs at boot and periodically (G37). */
  readonly probe?: Probe<Settings, Account>
  /** Confirms that the provider knows an inbound event. Without it, nothing shows that the provider sends any (G40). */
  readonly confirmInbound?: InboundConfirmation<Settings, Account>
  /** Input that the provider documents to refuse without an effect; a drill sends it to a test person. */
  readonly refusedInput?: RefusedInput
  /** Returns the rate limits of a capability. Without it only the provider limits the intents. */
  readonly limits?: (account: Account, capability: string) => ReadonlyArray<Limit>
  /** Returns one text for all spellings of a recipient. Without it each spelling is a recipient of its own. */
  readonly recipientOf?: (to: string) => string
  /**
   * Returns the conversation of a recipient's events, and whether the id may be an alias of another. Without it, `recipientOf`
   * alone determines the lane.
   */
  readonly conversationOf?: ConversationOf
  /** Returns the seconds for which the headers of any answer ask to pause the account; 0 when they do not ask. */
  readonly throttleSeconds?: (answer: ProviderAnswer) => number
  /**
   * Returns true for an answer that the provider's API wrote, an error included. Returns false for one of a proxy, which
   * counts against the provider's health (G48). Not called for a 5xx. Without it every answer counts as the provider's own.
   */
  readonly isOwnAnswer?: (answer: ProviderAnswer) => boolean
  /**
   * Returns the name of a variant of the provider's API, such as another host or another kind of token. What was seen with one
   * variant is no evidence for another. Lower case letters, digits and dashes. Without it there is one variant.
   */
  readonly variantOf?: (settings: Settings, account: Account) => string
  /**
   * Returns the settings that must be equal in staging and in production (G43), by their path. A value is a word or a version,
   * and never an address, an account or a secret.
   */
  readonly structureOf?: (settings: Settings) => Readonly<Record<string, string>>
  /** Returns true when these settings lead to the provider itself (G40). Without it they always do. */
  readonly isGenuine?: (settings: Settings) => boolean
  /** Loads the simulated provider, only where one is wanted. */
  readonly simulator?: () => Promise<Simulate>
}
