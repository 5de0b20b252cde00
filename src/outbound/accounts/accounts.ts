import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type { Limit } from "../../connector/limit.ts"
import type { InfraError } from "../../domain/failure.ts"
import type { IntentId } from "../../domain/ids.ts"
import type { PauseReason, Wait } from "../../domain/pause.ts"
import type { ProviderHealth } from "./provider-health.ts"

/**
 * Pause of an account; times are milliseconds of the store's clock. Without `until` it lasts until an operator ends it or, for
 * `auth`, the credential changes.
 */
export interface Pause {
  readonly why: PauseReason
  readonly since: number
  readonly until?: number
  /** Failure code that caused the pause, when one did. */
  readonly code?: string
}

/** Reference of an account in the store. Both members are keyed hashes: no name in the store holds an id from outside (G14). */
export interface AccountRef {
  /** Hash of connector and provider account: 32 hex digits. */
  readonly account: string
  /** Hash of the account's present secrets. A pause for a bad credential ends when it changes. */
  readonly credential: string
}

/** Request to perform one intent now. */
export interface AcquireRequest extends AccountRef {
  readonly intentId: IntentId
  /** Keyed hash of 32 hex digits; absent when the intent has no recipient. */
  readonly recipient?: string
  readonly limits: ReadonlyArray<Limit>
  /** Number of calls with health `good` since this process last sent their number. */
  readonly succeeded: number
}

/** Decision about an acquire request. Each `wait` is in milliseconds. */
export type AcquireDecision = {
  /** Reason of the pause that had ended when this request arrived, if one had. */
  readonly resumed?: PauseReason
} & (
  | {
      readonly _tag: "Allowed"
      /** True when this request took from the limits; false when an earlier request of the intent did. */
      readonly paid: boolean
      /** True when the end of the call decides over a pause or hold, so the caller must report it. */
      readonly trial: boolean
    }
  | {
      readonly _tag: "Paused"
      readonly pause: Pause
      readonly wait: number
      /** True when an earlier request of this intent was allowed: its caller may be performing the intent. */
      readonly begun: boolean
    }
  | { readonly _tag: "Held"; readonly wait: number; readonly begun: boolean }
  | { readonly _tag: "Limited"; readonly of: Limit["of"]; readonly wait: number; readonly begun: boolean }
)

/** Duration of a pause: `asked` milliseconds when the provider gives them, else the wait of the error's row. */
export type HowLong = { readonly asked: number } | { readonly wait: Wait }

/** End of one call, as far as it concerns the account or the recipient. */
export interface CallReport extends AccountRef {
  readonly intentId: IntentId
  readonly recipient?: string
  /** Number of other calls with health `good` since this process last sent their number. */
  readonly succeeded: number
  /** Health of the provider that the call shows: `providerHealth`. */
  readonly health: ProviderHealth
  /** Code that a pause shows: the failure's, or one of the gateway. */
  readonly code: string
  readonly pause?: { readonly why: "throttled"; readonly long: HowLong } | { readonly why: "auth" | "policy" }
  /** Pauses the recipient alone. */
  readonly hold?: HowLong
  /** True when the provider rejected the call: a retry under the same key takes from the limits again. */
  readonly payAgain: boolean
}

/** Change that a report or an operator caused. */
export type Change =
  | { readonly _tag: "Paused"; readonly pause: Pause }
  | { readonly _tag: "Resumed"; readonly why: PauseReason }
  | { readonly _tag: "Held"; readonly wait: number }

/** Durations in milliseconds. */
export interface Timing {
  /** Time in which another request of an intent that has paid takes nothing from the limits. */
  readonly receipt: number
  /**
   * The breaker counts the calls that ended in the last `window`, in `slices` parts of it. It opens when at least `calls`
   * have ended and half of them were bad. After `open` it allows one trial call. Each failed trial doubles the time to the
   * next one, up to `most`. A trial without a result within `tryWithin` is replaced by another (G27).
   */
  readonly window: number
  readonly slices: number
  readonly calls: number
  readonly open: number
  readonly most: number
  readonly tryWithin: number
}

export const defaultTiming: Timing = {
  receipt: 600_000,
  window: 30_000,
  slices: 6,
  calls: 10,
  open: 30_000,
  most: 300_000,
  tryWithin: 20_000
}

/** Longest pause in milliseconds that a provider can ask for. */
export const longestAsked = 86_400_000

/**
 * Holds the state of every account and the use of its limits (G25, G27). All replicas share it: each reads it before every
 * claim and writes what its calls show. Time is the store's (G8).
 */
export class Accounts extends Context.Service<
  Accounts,
  {
    /** Takes one from every limit, or from none. An intent pays once, however many requests it makes within `receipt`. */
    readonly acquire: (request: AcquireRequest) => Effect.Effect<AcquireDecision, InfraError>
    /** Gives back what a request took for an intent that need not be performed. The intent still counts as paid. */
    readonly refund: (request: AcquireRequest) => Effect.Effect<void, InfraError>
    /** Writes the end of a call. Returns the changes that it caused. */
    readonly report: (report: CallReport) => Effect.Effect<ReadonlyArray<Change>, InfraError>
    /** Returns the present pause. Returns `undefined` when the account is not paused. */
    readonly look: (ref: AccountRef) => Effect.Effect<Pause | undefined, InfraError>
    /** Pauses the account for an operator. Returns that pause. */
    readonly pause: (ref: AccountRef) => Effect.Effect<Pause, InfraError>
    /** Ends any pause and deletes what led to it. Returns the ended pause; `undefined` when there was none. */
    readonly resume: (ref: AccountRef) => Effect.Effect<Pause | undefined, InfraError>
    /** Deletes the holds of recipients and their use of the named limits. Returns the number of deleted entries. */
    readonly forget: (
      account: string,
      recipients: ReadonlyArray<string>,
      limits: ReadonlyArray<string>
    ) => Effect.Effect<number, InfraError>
  }
>()("comporta/outbound/Accounts") {}
