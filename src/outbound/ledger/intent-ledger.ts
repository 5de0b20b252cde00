import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type { FailureReport, InfraError } from "../../domain/failure.ts"
import type { IntentId } from "../../domain/ids.ts"
import type { IntentRecord, IntentState } from "../../domain/intent.ts"
import type {
  AcceptAnswer,
  Acceptance,
  Claim,
  ClaimAnswer,
  EvidenceAnswer,
  FingerprintMatches,
  FingerprintSearch,
  KeptRequest,
  LateEvidence,
  LookAlike,
  Provable,
  PeekAnswer,
  Resolution,
  ResolveAnswer,
  StoredIntent,
  Settlement,
  Waiting
} from "./types.ts"
import type { Cursor } from "./cursor.ts"

export type * from "./types.ts"
export { cursorOf, newestFirst, type Cursor, positionOf } from "./cursor.ts"

/** Milliseconds after a call's deadline before the ledger takes an operator's verdict `not_sent` (G16). */
export const notSentMargin = 10_000

/**
 * Retention in milliseconds: of ended intents, of the tombstones after them (G23), and of the time in which evidence about a
 * doubt may arrive (G26). `settle` is the time without a change after which an ended intent is archived.
 */
export interface IntentRetention {
  readonly intents: number
  readonly tombstones: number
  readonly evidence: number
  readonly settle: number
}

const day = 86_400_000
export const defaultRetention: IntentRetention = {
  intents: 30 * day,
  tombstones: 400 * day,
  evidence: 8 * day,
  settle: 3_600_000
}

/**
 * Milliseconds after a claim within which the provider creates its message, by the provider's clock: the longest time that the
 * provider works on a call. A message that is created later is another one (G20).
 */
export const proofWindow = 2 * 3_600_000

/** Milliseconds that a sighting is kept to be matched again: as long as evidence about a doubt may arrive. */
export const sightingLife = 8 * day

/** Milliseconds that a fingerprint is kept: until no sighting that is still matched can come from its attempt. */
export const fingerprintLife = proofWindow + sightingLife + 3_600_000

/** Milliseconds for which a released token is refused (G7). */
export const releasedTokenLife = day

/** Holds the record of every intent, through claim, call and settlement. Time is the store's (G8). */
export class IntentLedger extends Context.Service<
  IntentLedger,
  {
    /** Returns what a claim of this content would get now. Writes nothing, so another claim may come first. */
    readonly peek: (intentId: IntentId, content: string) => Effect.Effect<PeekAnswer, InfraError>
    /** Writes the claim, or returns why not. Claims a failed intent again when its failure is `not_applied` and transient. */
    readonly claim: (claim: Claim) => Effect.Effect<ClaimAnswer, InfraError>
    /** Releases a claim as `not_applied`. Refuses the token from then on, so that a claim still on its way cannot win (G7). */
    readonly release: (intentId: IntentId, token: string, failure: FailureReport) => Effect.Effect<void, InfraError>
    /**
     * Settles by compare-and-set on attempt and token (G16). Returns the record after that; `undefined` when the claim
     * belongs to another attempt or token. With `claimed`, the claim's record, the store need not return all of it again.
     */
    readonly settle: (
      intentId: IntentId,
      attempt: number,
      token: string,
      settlement: Settlement,
      claimed?: IntentRecord
    ) => Effect.Effect<IntentRecord | undefined, InfraError>
    /** Applies evidence to the attempt that it proves. */
    readonly evidence: (evidence: LateEvidence) => Effect.Effect<EvidenceAnswer, InfraError>
    /** Writes the acceptance, or returns why not. Accepts a failed intent again when it may be claimed again. */
    readonly accept: (acceptance: Acceptance) => Effect.Effect<AcceptAnswer, InfraError>
    /** Ends an accepted intent that will not be performed. Returns `undefined` when the intent is not accepted. */
    readonly abandon: (
      intentId: IntentId,
      failure: FailureReport
    ) => Effect.Effect<IntentRecord | undefined, InfraError>
    /** Returns the accepted intents of a partition after a cursor, oldest first. */
    readonly waiting: (
      partition: number,
      after: Cursor | undefined,
      limit: number
    ) => Effect.Effect<ReadonlyArray<Waiting>, InfraError>
    /**
     * Returns the intents of a partition that have sealed data, about `limit` at a time. An intent that keeps its data during
     * the whole scan is returned at least once.
     */
    readonly stored: (
      partition: number,
      limit: number,
      after?: string
    ) => Effect.Effect<{ readonly entries: ReadonlyArray<StoredIntent>; readonly next?: string }, InfraError>
    /** Deletes request and receipt. An accepted intent ends `failed` with this failure; any other state stays. */
    readonly forget: (intentId: IntentId, failure: FailureReport) => Effect.Effect<IntentRecord | undefined, InfraError>
    /** Returns the record with the request, while that is kept. */
    readonly kept: (intentId: IntentId) => Effect.Effect<KeptRequest | "expired" | undefined, InfraError>
    /** Returns intents in flight or in doubt whose request is kept for a proof, except those found by fingerprints alone. */
    readonly provable: Effect.Effect<Provable, InfraError>
    /** Returns the intents of {@link provable} that have no fingerprints. */
    readonly unindexed: Effect.Effect<Provable, InfraError>
    /** Returns the attempts with one of the fingerprints, in any state, and the intent that owns the receipt. */
    readonly findByFingerprint: (search: FingerprintSearch) => Effect.Effect<FingerprintMatches, InfraError>
    /** Deletes fingerprints of attempts that can cause no more messages. A repeat changes nothing. */
    readonly removeFingerprints: (
      attempts: ReadonlyArray<Pick<LookAlike, "intentId" | "attempt" | "fingerprints">>
    ) => Effect.Effect<void, InfraError>
    /** Returns the intent that owns the receipt with this mark. Returns `undefined` when none does. */
    readonly receiptOf: (mark: string) => Effect.Effect<IntentId | undefined, InfraError>
    /** Writes an operator's verdict. Returns `undefined` when the intent is unknown. */
    readonly resolve: (resolution: Resolution) => Effect.Effect<ResolveAnswer | "expired" | undefined, InfraError>
    /** Returns the record. Returns `undefined` when the intent is unknown. */
    readonly get: (intentId: IntentId) => Effect.Effect<IntentRecord | "expired" | undefined, InfraError>
    /** Returns true when this content was claimed. Returns `undefined` when the intent is unknown. */
    readonly sameContent: (intentId: IntentId, content: string) => Effect.Effect<boolean | undefined, InfraError>
    /**
     * Returns intents in one state, newest first. A claim past its deadline is `in_doubt`. Writes nothing. An unreadable cursor
     * gives an empty page.
     */
    readonly list: (
      state: IntentState,
      page: { readonly limit: number; readonly cursor?: string }
    ) => Effect.Effect<{ readonly intents: ReadonlyArray<IntentRecord>; readonly next?: string }, InfraError>
    /** Deletes the oldest entries of ended intents from the open lists of a partition. Returns their number. */
    readonly tidy: (partition: number) => Effect.Effect<number, InfraError>
    /**
     * Archives ended intents of a partition that have not changed for a while, as one compact value each, and deletes those
     * whose retention has ended. An archived intent is read and changed like any other. Does a part of the work at a time.
     * Returns the number of intents that it archived.
     */
    readonly archive: (partition: number) => Effect.Effect<number, InfraError>
    /** Age in milliseconds of the oldest open doubt that is not final; 0 when there is none. */
    readonly oldestDoubt: Effect.Effect<number, InfraError>
    /** Milliseconds since the oldest accepted intent was accepted; 0 when there is none. */
    readonly oldestAccepted: Effect.Effect<number, InfraError>
  }
>()("comporta/outbound/IntentLedger") {}
