import type { FailureReport } from "../../domain/failure.ts"
import type { ConversationId, IntentId } from "../../domain/ids.ts"
import type { IntentRecord, IntentState, Receipt, Verdict } from "../../domain/intent.ts"

/** What a claim writes before the first byte of a call leaves (I4). */
export interface Claim {
  readonly intentId: IntentId
  /** Random, one a claim: asked again with the same one, an ambiguous claim answers "yours" (G7). */
  readonly token: string
  /** HMAC of the canonical received content (G13). */
  readonly content: string
  /** Milliseconds from the claim until a call can no longer be under way. */
  readonly callMillis: number
  readonly meta: Meta
  /** Claims what was accepted, and nothing else. */
  readonly accepted?: boolean
  /** The request as JSON, kept until it is known how it ended: what a proof is looked for by. */
  readonly request?: string
  /**
   * Keyed hashes of what its message will look like, written before the call so that no look-alike of it is taken for the
   * proof of another intent (G49). Absent where only the request says what it looks like.
   */
  readonly fingerprints?: ReadonlyArray<string>
  /** The provider is asked for it: listed among what is read back, beside its fingerprints. */
  readonly readBack?: true
}

export type Meta = Pick<IntentRecord, "connector" | "account" | "capabilityId" | "protection" | "correlationId">

/** What an acceptance writes before anybody is told so (G24). */
export interface Acceptance {
  readonly intentId: IntentId
  /** Random, one an acceptance: asked again with the same one, it answers `Accepted`. */
  readonly token: string
  readonly content: string
  readonly meta: Meta
  /** Whose turn orders it. */
  readonly lane: ConversationId
  /** The request as JSON, for who performs it; sealed at rest, and gone once it is settled. */
  readonly request: string
}

export type AcceptAnswer =
  | { readonly _tag: "Accepted"; readonly record: IntentRecord }
  | Extract<ClaimAnswer, { readonly _tag: "Held" | "OtherContent" | "Expired" }>

/** What is kept for who performs an intent or looks for its proof. */
export interface KeptRequest {
  readonly record: IntentRecord
  readonly now: number
  readonly lane?: ConversationId
  readonly request?: string
  /** The request is kept, and no key at hand opens it. */
  readonly unreadable?: true
}

/** One attempt whose message looks like what was seen, and its intent as it stands. */
export interface LookAlike {
  readonly intentId: IntentId
  readonly attempt: number
  /** Which of the fingerprints it has. */
  readonly fingerprints: ReadonlyArray<string>
  /** Milliseconds of the store's clock. */
  readonly claimedAt: number
  /** Absent where there is none any more, or none yet. */
  readonly record?: IntentRecord
}

/** What is searched for: attempts with one of these fingerprints, claimed within a time. */
export interface FingerprintSearch {
  readonly fingerprints: ReadonlyArray<string>
  /** Of the receipt that the message would have. */
  readonly mark: string
  /** Milliseconds of the store's clock, both included. */
  readonly from: number
  readonly to: number
}

export interface FingerprintMatches {
  /** Whose receipt it is. */
  readonly owner?: IntentId
  readonly attempts: ReadonlyArray<LookAlike>
  /** False where there are more attempts than were read. */
  readonly complete: boolean
  /** There are intents whose request alone says what they look like: {@link IntentLedger} `unindexed` lists them. */
  readonly unindexed: boolean
}

/** Every intent that a proof may still be about; not `complete` where some cannot be read, which are among them. */
export interface Provable {
  readonly intents: ReadonlyArray<KeptRequest>
  readonly complete: boolean
}

/** What rests sealed of one intent: its request and its receipt, as one text. Without it, it cannot be opened. */
export interface RestingIntent {
  readonly intentId: IntentId
  readonly state: IntentState
  readonly connector: string
  readonly account: string
  readonly lane: string | undefined
  /** Names a person. */
  readonly says?: string
}

/** An intent of its partition's open set. Without a lane it was accepted no more when that was read. */
export interface Waiting {
  readonly intentId: IntentId
  readonly lane: ConversationId | undefined
  readonly acceptedAt: number
}

export type ClaimAnswer =
  | { readonly _tag: "Claimed"; readonly attempt: number; readonly record: IntentRecord }
  /** Someone's call may be under way, or the intent has ended: nobody calls. */
  | { readonly _tag: "Held"; readonly record: IntentRecord; readonly now: number }
  /** The key was used for other content. */
  | { readonly _tag: "OtherContent"; readonly record: IntentRecord }
  /** The token was given back before this claim ran: nothing was claimed. */
  | { readonly _tag: "Released" }
  /** The key was used long ago; only its tombstone is left (G23). */
  | { readonly _tag: "Expired" }

/** `Free`: it may be claimed; with the record where an attempt of it failed. */
export type PeekAnswer =
  | { readonly _tag: "Free"; readonly record?: IntentRecord }
  | Extract<ClaimAnswer, { readonly _tag: "Held" | "OtherContent" | "Expired" }>

/**
 * How a call ended. `in_doubt` is an end too: nobody sends again without evidence or a verdict. `accepted`: certainly
 * nothing happened, and what had been accepted is to be tried again.
 */
export type Settlement =
  /** `mark`: a keyed hash of the receipt, by which it is known again as somebody's (G20). */
  | { readonly state: "sent"; readonly receipt: Receipt; readonly mark?: string }
  | { readonly state: "failed"; readonly failure: FailureReport }
  | { readonly state: "in_doubt"; readonly failure: FailureReport }
  | { readonly state: "accepted"; readonly failure: FailureReport }

/** A proof about one attempt, from the provider itself (G18). */
export interface LateEvidence {
  readonly intentId: IntentId
  readonly attempt: number
  readonly status: string
  /** How it was seen, where no status says it: what the timeline writes. */
  readonly seen?: "echo" | "read_back"
  readonly messageId?: string
  readonly mark?: string
  /** Of a `failed` status. */
  readonly failure?: FailureReport
}

/** What a person says of one attempt that is in doubt or disputed. */
export interface Resolution {
  readonly intentId: IntentId
  readonly verdict: Verdict
  /** The attempt that was looked at: about another one nothing is said. */
  readonly attempt?: number
}

/**
 * `NotOpen`: it is neither in doubt nor disputed. `TooEarly`: a call may still be under way, so `not_sent` is nothing that
 * anybody can know (G16).
 */
export type ResolveAnswer =
  | { readonly _tag: "Resolved"; readonly before: IntentState; readonly record: IntentRecord }
  | { readonly _tag: "NotOpen"; readonly record: IntentRecord }
  | { readonly _tag: "TooEarly"; readonly record: IntentRecord; readonly now: number; readonly until: number }

/** `unknown`: no such intent. `other_attempt`: says nothing about the present attempt. */
export type EvidenceAnswer =
  | { readonly _tag: "Applied"; readonly before: IntentState; readonly record: IntentRecord }
  | { readonly _tag: "NoEvidence"; readonly reason: "unknown" | "other_attempt" }
