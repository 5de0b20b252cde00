import * as Schema from "effect/Schema"
import { FailureReport } from "./failure.ts"
import { AccountId, CapabilityId, ConnectorId, CorrelationId, IntentId } from "./ids.ts"

export const Outcome = Schema.Literals(["sent", "deduped", "failed", "in_doubt", "accepted"])
export type Outcome = typeof Outcome.Type

export const IntentState = Schema.Literals(["accepted", "claimed", "sent", "failed", "in_doubt", "disputed", "expired"])
export type IntentState = typeof IntentState.Type

/** How a repetition of a capability may be judged (DESIGN §2). */
export const Protection = Schema.Literals(["idempotent", "verified", "unprotected"])
export type Protection = typeof Protection.Type

/** What the provider answered: its message id, never its body. `messageId` is absent where the provider gives none. */
export const Receipt = Schema.Struct({ messageId: Schema.optionalKey(Schema.String) })
export type Receipt = typeof Receipt.Type

/** One step of an intent's life; `at` in milliseconds of the store's clock. */
export const TimelineEntry = Schema.Struct({ at: Schema.Finite, attempt: Schema.Int, what: Schema.String })
export type TimelineEntry = typeof TimelineEntry.Type

/** What the ledger knows of an intent. Times are milliseconds of the store's clock. */
export const IntentRecord = Schema.Struct({
  intentId: IntentId,
  state: IntentState,
  attempt: Schema.Int,
  connector: ConnectorId,
  account: AccountId,
  capabilityId: CapabilityId,
  protection: Protection,
  correlationId: CorrelationId,
  createdAt: Schema.Finite,
  claimedAt: Schema.Finite,
  /** Until then a call may be under way; after it the state is `in_doubt` (G15). */
  deadline: Schema.Finite,
  settledAt: Schema.optionalKey(Schema.Finite),
  receipt: Schema.optionalKey(Receipt),
  failure: Schema.optionalKey(FailureReport),
  delivery: Schema.optionalKey(Schema.String),
  timeline: Schema.Array(TimelineEntry)
})
export type IntentRecord = typeof IntentRecord.Type

/** May the caller retry under a new key without risking a duplicate? Only where certainly nothing happened. */
export const safeNewKey = (state: IntentState, failure?: FailureReport): boolean =>
  state === "failed" && (failure === undefined || failure.certainty === "not_applied")

const rank: Record<string, number> = { sent: 1, failed: 2, delivered: 3, read: 4, played: 5 }

/** Statuses only move forward; `delivered` and what follows it outrank `failed` in either order (G19). */
export const forward = (known: string | undefined, next: string): string => {
  if (known === undefined) return next
  return (rank[next] ?? 0) > (rank[known] ?? 0) ? next : known
}
