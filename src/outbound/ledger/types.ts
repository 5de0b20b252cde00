import type { FailureReport } from "../../domain/failure.ts"
import type { ConversationId, IntentId } from "../../domain/ids.ts"
import type { IntentRecord, IntentState, Receipt, Verdict } from "../../domain/intent.ts"

/** Claim: written before the first byte of a call is sent (I4). */
export interface Claim {
  readonly intentId: IntentId
  /** Random, one for each claim. A repeat with the same token finds out whether an unconfirmed claim was written (G7). */
  readonly token: string
  /** HMAC of the received content in canonical form (G13). */
  readonly content: string
  /** Milliseconds from the claim until a call can no longer be under way. */
  readonly callMillis: number
  readonly meta: Meta
  /** True to claim only an accepted intent. */
  readonly accepted?: boolean
  /** Request as JSON, by which a proof is searched for. Kept until the outcome is known. */
  readonly request?: string
  /**
   * Keyed hashes of the traits of its message. They are written before the call, so that a similar message is not taken as the
   * proof of another intent (G49). Absent when only the request describes the message.
   */
  readonly fingerprints?: ReadonlyArray<string>
  /** True when the message can be read back from the provider: the intent is listed for that, beside its fingerprints. */
  readonly readBack?: true
}

export type Meta = Pick<IntentRecord, "connector" | "account" | "capabilityId" | "protection" | "correlationId">

/** Acceptance: written before the caller gets `accepted` (G24). */
export interface Acceptance {
  readonly intentId: IntentId
  /** Random, one for each acceptance. A repeat with the same token returns `Accepted`. */
  readonly token: string
  readonly content: string
  readonly meta: Meta
  /** Lane that orders it. */
  readonly lane: ConversationId
  /** Request as JSON, for the worker that performs it. Sealed at rest, and deleted once it is settled. */
  readonly request: string
}

export type AcceptAnswer =
  | { readonly _tag: "Accepted"; readonly record: IntentRecord }
  | Extract<ClaimAnswer, { readonly _tag: "Held" | "OtherContent" | "Expired" }>

/** Record of an intent with the data kept to perform it or to search for its proof. */
export interface KeptRequest {
  readonly record: IntentRecord
  readonly now: number
  readonly lane?: ConversationId
  readonly request?: string
  /** True when the request is kept, but no available key opens it. */
  readonly unreadable?: true
}

/** Attempt whose message looks like the one seen, and the present record of its intent. */
export interface LookAlike {
  readonly intentId: IntentId
  readonly attempt: number
  /** The searched fingerprints that it has. */
  readonly fingerprints: ReadonlyArray<string>
  /** Milliseconds of the store's clock. */
  readonly claimedAt: number
  /** Absent when it is deleted, or not written yet. */
  readonly record?: IntentRecord
}

/** Search for attempts with one of these fingerprints, claimed within a time. */
export interface FingerprintSearch {
  readonly fingerprints: ReadonlyArray<string>
  /** Mark of the receipt that the message would have. */
  readonly mark: string
  /** Milliseconds of the store's clock, both included. */
  readonly from: number
  readonly to: number
}

export interface FingerprintMatches {
  /** Intent that owns the receipt. */
  readonly owner?: IntentId
  readonly attempts: ReadonlyArray<LookAlike>
  /** False when there are more attempts than were read. */
  readonly complete: boolean
  /** True when there are intents that only their request describes: {@link IntentLedger} `unindexed` lists them. */
  readonly unindexed: boolean
}

/** Intents that a proof may still concern. `complete` is false when some of these cannot be read. */
export interface Provable {
  readonly intents: ReadonlyArray<KeptRequest>
  readonly complete: boolean
}

/**
 * Intent with sealed data. `says` is its request and receipt as one text; absent when they cannot be opened. Without a
 * connector nothing of it can be opened, so it may be anyone's.
 */
export interface StoredIntent {
  readonly intentId: IntentId
  readonly state: IntentState
  readonly connector?: string
  readonly account?: string
  readonly lane?: string | undefined
  /** Names a person. */
  readonly says?: string
}

/** Intent of a partition's open set. Without a lane it was no longer accepted when it was read. */
export interface Waiting {
  readonly intentId: IntentId
  readonly lane: ConversationId | undefined
  readonly acceptedAt: number
}

export type ClaimAnswer =
  | { readonly _tag: "Claimed"; readonly attempt: number; readonly record: IntentRecord }
  /** A call of another request may be under way, or the intent has ended: the caller must not call. */
  | { readonly _tag: "Held"; readonly record: IntentRecord; readonly now: number }
  /** The key was used for other content. */
  | { readonly _tag: "OtherContent"; readonly record: IntentRecord }
  /** The token was released before this claim ran: nothing was claimed. */
  | { readonly _tag: "Released" }
  /** The key was used long ago; only its tombstone is left (G23). */
  | { readonly _tag: "Expired" }

/** Answer of a peek. `Free`: the intent may be claimed; `record` is there when an attempt failed. */
export type PeekAnswer =
  | { readonly _tag: "Free"; readonly record?: IntentRecord }
  | Extract<ClaimAnswer, { readonly _tag: "Held" | "OtherContent" | "Expired" }>

/**
 * End of a call. `in_doubt` is an end too: the gateway does not send again without evidence or a verdict. `accepted`: the call
 * certainly did nothing, and the accepted intent is tried again.
 */
export type Settlement =
  /** `mark`: keyed hash of the receipt, by which the message is recognised as this intent's (G20). */
  | { readonly state: "sent"; readonly receipt: Receipt; readonly mark?: string }
  | { readonly state: "failed"; readonly failure: FailureReport }
  | { readonly state: "in_doubt"; readonly failure: FailureReport }
  | { readonly state: "accepted"; readonly failure: FailureReport }

/** Evidence about one attempt, from the provider itself (G18). */
export interface LateEvidence {
  readonly intentId: IntentId
  readonly attempt: number
  readonly status: string
  /** Source of the evidence when it is not a status; the timeline shows it. */
  readonly seen?: "echo" | "read_back"
  readonly messageId?: string
  readonly mark?: string
  /** Failure of a `failed` status. */
  readonly failure?: FailureReport
}

/** Verdict of an operator about one attempt that is in doubt or disputed. */
export interface Resolution {
  readonly intentId: IntentId
  readonly verdict: Verdict
  /** Attempt that the operator looked at. The verdict concerns no other one. */
  readonly attempt?: number
}

/**
 * Answer to a verdict. `NotOpen`: the intent is neither in doubt nor disputed. `TooEarly`: a call may be under way until
 * `until`, so `not_sent` cannot be known yet (G16).
 */
export type ResolveAnswer =
  | { readonly _tag: "Resolved"; readonly before: IntentState; readonly record: IntentRecord }
  | { readonly _tag: "NotOpen"; readonly record: IntentRecord }
  | { readonly _tag: "TooEarly"; readonly record: IntentRecord; readonly now: number; readonly until: number }

/**
 * Answer to evidence. `unknown`: there is no such intent. `other_attempt`: the evidence is not about the present attempt.
 * `unreadable`: no key opens the intent.
 */
export type EvidenceAnswer =
  | { readonly _tag: "Applied"; readonly before: IntentState; readonly record: IntentRecord }
  | { readonly _tag: "NoEvidence"; readonly reason: "unknown" | "other_attempt" | "unreadable" }
