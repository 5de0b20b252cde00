import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type { FailureReport, InfraError } from "../domain/failure.ts"
import type { IntentId } from "../domain/ids.ts"
import type { IntentRecord, IntentState, Receipt } from "../domain/intent.ts"

/** What a claim writes before the first byte of a call leaves (I4). */
export interface Claim {
  readonly intentId: IntentId
  /** Random, one a claim: asked again with the same one, an ambiguous claim answers "yours" (G7). */
  readonly token: string
  /** HMAC of the canonical received content (G13). */
  readonly content: string
  /** Milliseconds from the claim until a call can no longer be under way. */
  readonly callMillis: number
  readonly meta: Pick<IntentRecord, "connector" | "account" | "capabilityId" | "protection" | "correlationId">
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

/** How a call ended. `in_doubt` is an end too: nobody sends again without evidence or a verdict. */
export type Settlement =
  | { readonly state: "sent"; readonly receipt: Receipt }
  | { readonly state: "failed"; readonly failure: FailureReport }
  | { readonly state: "in_doubt"; readonly failure: FailureReport }

/** A proof about one attempt, from the provider itself (G18). */
export interface LateEvidence {
  readonly intentId: IntentId
  readonly attempt: number
  readonly status: string
  readonly messageId?: string
  /** Of a `failed` status. */
  readonly failure?: FailureReport
}

/** `unknown`: no such intent. `other_attempt`: says nothing about the present attempt. */
export type EvidenceAnswer =
  | { readonly _tag: "Applied"; readonly before: IntentState; readonly record: IntentRecord }
  | { readonly _tag: "NoEvidence"; readonly reason: "unknown" | "other_attempt" }

/** Milliseconds: how long an ended intent is kept, and how long its tombstone says that it was (G23). */
export interface Retention {
  readonly intents: number
  readonly tombstones: number
}

const day = 86_400_000
export const defaultRetention: Retention = { intents: 30 * day, tombstones: 400 * day }

/** Milliseconds that a token given back stays refused (G7). */
export const releasedTokenLife = day

/** Where a page of `list` ended: the time that orders the list, and the last intent of the page. */
export interface Position {
  readonly at: number
  readonly intentId: string
}

export const cursorOf = ({ at, intentId }: Position): string => `${at}.${intentId}`

export const positionOf = (cursor: string): Position | undefined => {
  const [, at, intentId] = /^(\d{1,15})\.(int_[0-9a-f]{32})$/.exec(cursor) ?? []
  return at === undefined || intentId === undefined ? undefined : { at: Number(at), intentId }
}

/** The order of `list`: newest first. */
export const newestFirst = (a: Position, b: Position): number => {
  if (a.at !== b.at) return b.at - a.at
  if (a.intentId === b.intentId) return 0
  return a.intentId < b.intentId ? 1 : -1
}

/** The record of every intent: claim, call, settle. Time is the store's (G8). */
export class IntentLedger extends Context.Service<
  IntentLedger,
  {
    /** Writes the claim, or says why not. A failed intent whose failure is `not_applied` and transient is claimed anew. */
    readonly claim: (claim: Claim) => Effect.Effect<ClaimAnswer, InfraError>
    /** Gives a claim back as `not_applied`, and buries the token so that a claim still on its way cannot win (G7). */
    readonly release: (intentId: IntentId, token: string, failure: FailureReport) => Effect.Effect<void, InfraError>
    /** Compare-and-set on attempt and token (G16); answers the record as it then stands, `undefined` when it is not ours. */
    readonly settle: (
      intentId: IntentId,
      attempt: number,
      token: string,
      settlement: Settlement
    ) => Effect.Effect<IntentRecord | undefined, InfraError>
    readonly evidence: (evidence: LateEvidence) => Effect.Effect<EvidenceAnswer, InfraError>
    readonly get: (intentId: IntentId) => Effect.Effect<IntentRecord | "expired" | undefined, InfraError>
    /** True when this content was the one claimed; `undefined` where the intent is unknown. */
    readonly sameContent: (intentId: IntentId, content: string) => Effect.Effect<boolean | undefined, InfraError>
    /** Intents in one state, newest first; claims past their deadline are `in_doubt`. Looking only; an unreadable cursor gives an empty page. */
    readonly list: (
      state: IntentState,
      page: { readonly limit: number; readonly cursor?: string }
    ) => Effect.Effect<{ readonly intents: ReadonlyArray<IntentRecord>; readonly next?: string }, InfraError>
    /** Milliseconds since the oldest open doubt began; 0 where there is none. */
    readonly oldestDoubt: Effect.Effect<number, InfraError>
  }
>()("comporta/outbound/IntentLedger") {}
