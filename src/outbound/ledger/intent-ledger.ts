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
  RestingIntent,
  Settlement,
  Waiting
} from "./types.ts"
import type { Cursor } from "./cursor.ts"

export type * from "./types.ts"
export { cursorOf, newestFirst, type Cursor, positionOf } from "./cursor.ts"

/** Milliseconds after a call's deadline before anybody may say that it did nothing (G16). */
export const notSentMargin = 10_000

/**
 * Milliseconds: how long an ended intent is kept, how long its tombstone says that it was (G23), and how long evidence
 * about a doubt may still come (G26).
 */
export interface IntentRetention {
  readonly intents: number
  readonly tombstones: number
  readonly evidence: number
}

const day = 86_400_000
export const defaultRetention: IntentRetention = { intents: 30 * day, tombstones: 400 * day, evidence: 8 * day }

/**
 * Milliseconds after a claim within which its message is created at the provider, by the provider's clock: the longest that
 * a call of ours may be worked on there. What is created later is another message (G20).
 */
export const proofWindow = 2 * 3_600_000

/** Milliseconds that what was seen waits to be judged again: as long as evidence about a doubt may come. */
export const sightingLife = 8 * day

/** Milliseconds that a fingerprint is kept: until nothing that is still judged can be of its attempt. */
export const fingerprintLife = proofWindow + sightingLife + 3_600_000

/** Milliseconds that a token given back stays refused (G7). */
export const releasedTokenLife = day

/** The record of every intent: claim, call, settle. Time is the store's (G8). */
export class IntentLedger extends Context.Service<
  IntentLedger,
  {
    /** What a claim of this content would be told now. Looking only: what is free may be taken before it is claimed. */
    readonly peek: (intentId: IntentId, content: string) => Effect.Effect<PeekAnswer, InfraError>
    /** Writes the claim, or says why not. A failed intent whose failure is `not_applied` and transient is claimed anew. */
    readonly claim: (claim: Claim) => Effect.Effect<ClaimAnswer, InfraError>
    /** Gives a claim back as `not_applied`, and buries the token so that a claim still on its way cannot win (G7). */
    readonly release: (intentId: IntentId, token: string, failure: FailureReport) => Effect.Effect<void, InfraError>
    /**
     * Compare-and-set on attempt and token (G16); answers the record as it then stands, `undefined` when it is not ours.
     * Given what the claim had answered, the store need not tell all of it again.
     */
    readonly settle: (
      intentId: IntentId,
      attempt: number,
      token: string,
      settlement: Settlement,
      claimed?: IntentRecord
    ) => Effect.Effect<IntentRecord | undefined, InfraError>
    readonly evidence: (evidence: LateEvidence) => Effect.Effect<EvidenceAnswer, InfraError>
    /** Writes the acceptance, or says why not. A failed intent that may be claimed anew may be accepted anew. */
    readonly accept: (acceptance: Acceptance) => Effect.Effect<AcceptAnswer, InfraError>
    /** Ends what was accepted and is not going to be performed; `undefined` where it is not accepted. */
    readonly abandon: (
      intentId: IntentId,
      failure: FailureReport
    ) => Effect.Effect<IntentRecord | undefined, InfraError>
    /** Accepted intents of a partition after a place, oldest first. */
    readonly waiting: (
      partition: number,
      after: Cursor | undefined,
      limit: number
    ) => Effect.Effect<ReadonlyArray<Waiting>, InfraError>
    /** All intents of a partition of which something rests sealed, about `limit` at a time; what rests throughout comes at least once. */
    readonly resting: (
      partition: number,
      limit: number,
      after?: string
    ) => Effect.Effect<{ readonly entries: ReadonlyArray<RestingIntent>; readonly next?: string }, InfraError>
    /** Takes request and receipt away. What is accepted ends `failed`, as this; any other state stays. */
    readonly forget: (intentId: IntentId, failure: FailureReport) => Effect.Effect<IntentRecord | undefined, InfraError>
    /** With what is kept beside the record, while it is kept. */
    readonly kept: (intentId: IntentId) => Effect.Effect<KeptRequest | "expired" | undefined, InfraError>
    /** In flight or in doubt, with a request that is kept for its proof, and not found by fingerprints alone. */
    readonly provable: Effect.Effect<Provable, InfraError>
    /** Of {@link provable} those that have no fingerprints at all. */
    readonly unindexed: Effect.Effect<Provable, InfraError>
    /** Attempts with one of the fingerprints, in any state, and whose receipt it is. */
    readonly findByFingerprint: (search: FingerprintSearch) => Effect.Effect<FingerprintMatches, InfraError>
    /** Removes fingerprints of attempts that can cause nothing more. The same again changes nothing. */
    readonly removeFingerprints: (
      attempts: ReadonlyArray<Pick<LookAlike, "intentId" | "attempt" | "fingerprints">>
    ) => Effect.Effect<void, InfraError>
    /** Whose receipt this is, by its mark; `undefined` where it is nobody's. */
    readonly receiptOf: (mark: string) => Effect.Effect<IntentId | undefined, InfraError>
    /** A person's verdict; `undefined` where the intent is unknown. */
    readonly resolve: (resolution: Resolution) => Effect.Effect<ResolveAnswer | "expired" | undefined, InfraError>
    readonly get: (intentId: IntentId) => Effect.Effect<IntentRecord | "expired" | undefined, InfraError>
    /** True when this content was the one claimed; `undefined` where the intent is unknown. */
    readonly sameContent: (intentId: IntentId, content: string) => Effect.Effect<boolean | undefined, InfraError>
    /** Intents in one state, newest first; claims past their deadline are `in_doubt`. Looking only; an unreadable cursor gives an empty page. */
    readonly list: (
      state: IntentState,
      page: { readonly limit: number; readonly cursor?: string }
    ) => Effect.Effect<{ readonly intents: ReadonlyArray<IntentRecord>; readonly next?: string }, InfraError>
    /** Removes from the open lists of a partition the oldest entries whose intents have ended; answers how many. */
    readonly tidy: (partition: number) => Effect.Effect<number, InfraError>
    /** Milliseconds since the oldest open doubt began that is not final; 0 where there is none. */
    readonly oldestDoubt: Effect.Effect<number, InfraError>
    /** Milliseconds since the oldest accepted intent was accepted; 0 where there is none. */
    readonly oldestAccepted: Effect.Effect<number, InfraError>
  }
>()("comporta/outbound/IntentLedger") {}
