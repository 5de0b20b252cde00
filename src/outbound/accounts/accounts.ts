import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type { Limit } from "../../connector/limit.ts"
import type { InfraError } from "../../domain/failure.ts"
import type { IntentId } from "../../domain/ids.ts"
import type { PauseReason, Wait } from "../../domain/pause.ts"
import type { ProviderHealth } from "./provider-health.ts"

/** Why, since when and until when an account is paused. Milliseconds of the store's clock; without `until`, until somebody acts. */
export interface Pause {
  readonly why: PauseReason
  readonly since: number
  readonly until?: number
  /** The failure code that brought it, where one did. */
  readonly code?: string
}

/** An account as the store knows it. Both are keyed hashes: no name in the store holds an id from outside (G14). */
export interface AccountRef {
  /** 32 hex digits over connector and provider account. */
  readonly account: string
  /** Over the account's secrets as they are now: a pause for a bad credential ends with another one. */
  readonly credential: string
}

/** One intent asks whether it may be performed now. */
export interface AcquireRequest extends AccountRef {
  readonly intentId: IntentId
  /** 32 hex digits; absent where the intent has no recipient. */
  readonly recipient?: string
  readonly limits: ReadonlyArray<Limit>
  /** Calls of this process that have ended well since it was last told. */
  readonly succeeded: number
}

/** What became of an asking. Waiting times are milliseconds. */
export type AcquireDecision = {
  /** The pause that this asking found over, if it did. */
  readonly resumed?: PauseReason
} & (
  | {
      readonly _tag: "Allowed"
      /** This asking paid; another of the same intent finds it paid for. */
      readonly paid: boolean
      /** How it ends decides over a pause, so its end must be reported. */
      readonly trial: boolean
    }
  | {
      readonly _tag: "Paused"
      readonly pause: Pause
      readonly wait: number
      /** Somebody has asked for this intent before and may be performing it. */
      readonly begun: boolean
    }
  | { readonly _tag: "Held"; readonly wait: number; readonly begun: boolean }
  | { readonly _tag: "Limited"; readonly of: Limit["of"]; readonly wait: number; readonly begun: boolean }
)

/** How long: `asked` milliseconds where the provider says so, else by the row of its error. */
export type HowLong = { readonly asked: number } | { readonly wait: Wait }

/** How one call ended, as far as it concerns more than its intent. */
export interface CallReport extends AccountRef {
  readonly intentId: IntentId
  readonly recipient?: string
  /** Other calls of this process that have ended well since the store was last told. */
  readonly succeeded: number
  /** What the call says about the provider: `providerHealth`. */
  readonly health: ProviderHealth
  /** The failure code, or a word of ours, that a pause is known by. */
  readonly code: string
  readonly pause?: { readonly why: "throttled"; readonly long: HowLong } | { readonly why: "auth" | "policy" }
  /** Of the recipient alone. */
  readonly hold?: HowLong
  /** It was refused, and what is tried again under its key has to pay again. */
  readonly payAgain: boolean
}

/** What a report or an operator changed. */
export type Change =
  | { readonly _tag: "Paused"; readonly pause: Pause }
  | { readonly _tag: "Resumed"; readonly why: PauseReason }
  | { readonly _tag: "Held"; readonly wait: number }

/** Times in milliseconds. */
export interface Timing {
  /** How long an intent that has paid stays known: another asking of it pays nothing. */
  readonly receipt: number
  /**
   * The breaker counts the calls that have ended in the last `window`, in `slices` parts of it. It opens where at least
   * `calls` have and half of them failed. After `open` one call may try, and each failed try doubles the time to the next,
   * up to `most`; a try that says nothing within `tryWithin` makes way for another (G27).
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

/** Longer than this nothing is paused because a provider says so. Milliseconds. */
export const longestAsked = 86_400_000

/**
 * The one state of every account, and what its limits still allow (G25, G27): written by whoever learns something, read by
 * every replica before each claim. Time is the store's (G8).
 */
export class Accounts extends Context.Service<
  Accounts,
  {
    /** Takes one from every limit, or from none. An intent pays once, however often it asks within `receipt`. */
    readonly acquire: (request: AcquireRequest) => Effect.Effect<AcquireDecision, InfraError>
    /** Gives back what an asking paid for an intent that need not be performed. It stays known as paid for. */
    readonly refund: (request: AcquireRequest) => Effect.Effect<void, InfraError>
    readonly report: (report: CallReport) => Effect.Effect<ReadonlyArray<Change>, InfraError>
    /** The pause that stands, if one does. */
    readonly look: (ref: AccountRef) => Effect.Effect<Pause | undefined, InfraError>
    /** Pauses for an operator; answers what stood before. */
    readonly pause: (ref: AccountRef) => Effect.Effect<Pause, InfraError>
    /** Ends any pause and forgets what led to it; `undefined` where none stood. */
    readonly resume: (ref: AccountRef) => Effect.Effect<Pause | undefined, InfraError>
    /** Takes away what is kept of recipients, known by their hashes: holds, and what was taken from limits of these names. */
    readonly forget: (
      account: string,
      recipients: ReadonlyArray<string>,
      limits: ReadonlyArray<string>
    ) => Effect.Effect<number, InfraError>
  }
>()("comporta/outbound/Accounts") {}
