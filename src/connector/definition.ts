import type * as Duration from "effect/Duration"
import type * as Schema from "effect/Schema"
import type { Capability } from "./capability.ts"
import type { ErrorTable } from "./error-table.ts"
import type { ConversationOf, Decode, Explain, Handshake, Verify } from "./inbound.ts"
import type { Media } from "./media.ts"
import type { Echoes } from "./proof.ts"
import type { Probe } from "./probe.ts"
import type { Limit } from "./limit.ts"
import type { ProviderAnswer } from "./provider-http.ts"
import type { Simulate } from "./simulator.ts"

/** One connector of the operator's file. `settings` are the keys that only the connector knows. */
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
  /** The alias that events carry: the operator's, or one of its own for a business account (G28). */
  readonly account: string
}

/**
 * A channel, as its author writes it: one exported value, made by `connector`.
 *
 * `Settings` are the keys beside `secrets`, `accounts` and `capabilities` in the operator's file;
 * `Account` those of one account beside its `secrets`.
 */
export interface Definition<Settings, Account> {
  /** As in `/webhooks/{id}`. */
  readonly id: string
  readonly version: string
  /** How long the provider keeps redelivering; dedupe marks live longer. */
  readonly retryHorizon: Duration.Duration
  readonly settings: Schema.Codec<Settings, unknown>
  readonly account: Schema.Codec<Account, unknown>
  /**
   * Names that the operator maps to secret references. Each is required; those of `either` at the connector, for all
   * accounts that have none of their own, or else at every account.
   */
  readonly secrets: {
    readonly connector: ReadonlyArray<string>
    readonly account: ReadonlyArray<string>
    readonly either?: ReadonlyArray<string>
  }
  /** The first route is the account that sends. */
  readonly routes: (alias: string, account: Account) => readonly [Route, ...ReadonlyArray<Route>]
  readonly inbound: {
    /** The connector secret that the handshake compares. */
    readonly handshakeSecret: string
    readonly handshake: Handshake
    /** The secret that signs webhooks, of the connector or of `either`; it speaks for its accounts alone (G29). */
    readonly signingSecret: string
    readonly verify: Verify
    readonly decode: Decode
    /** The provider's own words about a status that failed, and the ids of those whom it is about. */
    readonly explain?: Explain
    /** Raised when an identity rule changes (G12). */
    readonly identityVersion: number
  }
  readonly capabilities: ReadonlyArray<Capability<Settings, Account>>
  readonly errors: ErrorTable
  /** Absent where an echo returns our callback data, or there are none: then nothing is proven by its looks. */
  readonly echoes?: Echoes<Settings, Account>
  /** What a message can refer to by id, where the provider keeps it. */
  readonly media?: Media<Settings, Account>
  /** Is this credential good, and for this account? Asked at boot and from time to time (G37). */
  readonly probe?: Probe<Settings, Account>
  /** What intents of a capability take from; without it nothing holds them back but the provider. */
  readonly limits?: (account: Account, capability: string) => ReadonlyArray<Limit>
  /** The same for every way to write one recipient; without it each way is a recipient of its own. */
  readonly recipientOf?: (to: string) => string
  /**
   * The conversation that events of a recipient have, and whether the id may be an alias of another; without it a lane is
   * told by `recipientOf` alone.
   */
  readonly conversationOf?: ConversationOf
  /** Seconds for which the headers of any answer ask that the account hold still; 0 where they do not. */
  readonly usage?: (answer: ProviderAnswer) => number
  /**
   * Returns true for an answer that the provider's API wrote, an error included; false for one of a proxy, which counts
   * against the provider's health (G48). Without it every answer counts as the provider's own. Not asked about a 5xx.
   */
  readonly isOwnAnswer?: (answer: ProviderAnswer) => boolean
  /** Do these settings lead to the provider itself (G40)? Absent: they cannot lead anywhere else. */
  readonly isGenuine?: (settings: Settings) => boolean
  /** Loaded only where a simulated provider is wanted. */
  readonly simulator?: () => Promise<Simulate>
}
