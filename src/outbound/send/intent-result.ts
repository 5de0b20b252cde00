import * as Schema from "effect/Schema"
import { FailureReport, type InfraError, Issue, failureReport } from "../../domain/failure.ts"
import { CapabilityId, CorrelationId, IntentId } from "../../domain/ids.ts"
import { type IntentRecord, IntentState, Outcome, Protection, Receipt, safeNewKey } from "../../domain/intent.ts"
import { type Rejected, isTooMany } from "../accounts/rejected.ts"
import type { Target } from "../intent/resolve-target.ts"

/**
 * The answer about an intent. The HTTP API returns all members except `issues`, `conflict`, `tooMany` and `retryAfter`:
 * these choose its status, its headers and its `errors`.
 */
export const IntentAnswer = Schema.Struct({
  intentId: IntentId,
  outcome: Outcome,
  state: IntentState,
  safeNewKey: Schema.Boolean.annotate({
    description:
      "True when the same request may be sent under a new key without the risk of a duplicate. False otherwise, also for an `unlisted` failure."
  }),
  capabilityId: CapabilityId,
  protection: Protection,
  correlationId: CorrelationId,
  receipt: Schema.optionalKey(Receipt),
  failure: Schema.optionalKey(FailureReport),
  issues: Schema.optionalKey(Schema.Array(Issue)),
  /** `in_flight`: a call of the same key may be under way. `other_content`: the key was used for another request. */
  conflict: Schema.optionalKey(Schema.Literals(["in_flight", "other_content"])),
  /** True when a limit rejected the intent for the moment. */
  tooMany: Schema.optionalKey(Schema.Literal(true)),
  /** Milliseconds after which the caller should retry. */
  retryAfter: Schema.optionalKey(Schema.Finite)
})
export type IntentAnswer = Omit<typeof IntentAnswer.Type, "failure"> & { readonly failure?: FailureReport }

/** Returns the record as an answer with this outcome: `deduped` when another request performed the intent. */
export const answerOf = (record: IntentRecord, outcome: Outcome): IntentAnswer => ({
  intentId: record.intentId,
  outcome,
  state: record.state,
  safeNewKey: safeNewKey(record.state, record.failure),
  capabilityId: record.capabilityId,
  protection: record.protection,
  correlationId: record.correlationId,
  ...(record.receipt === undefined ? {} : { receipt: record.receipt }),
  ...(record.failure === undefined ? {} : { failure: record.failure })
})

/** Returns the outcome for the caller whose request performed the intent. */
export const outcomeOf = (state: IntentState): Outcome => {
  switch (state) {
    case "sent":
      return "sent"
    case "failed":
      return "failed"
    case "accepted":
      return "accepted"
    case "expired":
      return "deduped"
    case "claimed":
    case "in_doubt":
    case "disputed":
      return "in_doubt"
  }
}

/** Intent that an answer is about. */
export interface Named {
  readonly intentId: IntentId
  readonly correlationId: CorrelationId
  readonly target: Target
  /** True when it was accepted before: it then stays accepted when it is not performed now. */
  readonly accepted?: true
}

const about = ({ intentId, correlationId, target }: Named) => ({
  intentId,
  correlationId,
  capabilityId: target.capability.id,
  protection: target.capability.protection
})

/** Returns the answer for a key that was used long ago: only its tombstone is left (G23). */
export const expired = (job: Named): IntentAnswer => ({
  ...about(job),
  outcome: "deduped",
  state: "expired",
  safeNewKey: false
})

/** Returns the answer for a key that was used for other content. Leaves out the receipt and the provider's explanation. */
export const otherContent = (record: IntentRecord): IntentAnswer => {
  const { receipt: _receipt, failure, ...answer } = answerOf(record, "failed")
  if (failure === undefined) return { ...answer, conflict: "other_content" }
  const { explanation: _explanation, ...known } = failure
  return { ...answer, failure: known, conflict: "other_content" }
}

/** Returns the answer for an intent of which nothing was performed and nothing is recorded. */
export const unperformed = (job: Named, failure: FailureReport): IntentAnswer => ({
  ...about(job),
  outcome: "failed",
  state: "failed",
  safeNewKey: true,
  failure
})

/**
 * Returns the answer for an intent that certainly was not performed now: the same key may be retried. No other key is safe,
 * since the ledger did not say whether the intent was performed before.
 */
export const notPerformed = (job: Named, error: InfraError): IntentAnswer => ({
  ...unperformed(job, { ...failureReport(error), certainty: "not_applied" }),
  ...(job.accepted === true ? { outcome: "accepted" as const, state: "accepted" as const } : {}),
  safeNewKey: false,
  retryAfter: 1_000
})

/**
 * Returns the answer when the store did not confirm an acceptance. No effect is in doubt, since an acceptance performs
 * nothing: a retry with the same key is safe and gives a certain answer (I2). Another key is not safe, since an accepted
 * intent will be performed.
 */
export const acceptanceUnknown = (job: Named): IntentAnswer => ({
  ...unperformed(job, {
    class: "InfraError",
    code: "acceptance_unknown",
    certainty: "unknown",
    transient: true,
    detail: "the store did not confirm the acceptance; send the same key again"
  }),
  safeNewKey: false,
  retryAfter: 1_000
})

/**
 * Returns the answer for an intent that was rejected before its claim. The same key may be retried; an accepted intent stays
 * accepted. Another key is safe unless an earlier request with this key was admitted and has left no record.
 */
export const rejectedAnswer = (job: Named, { failure, record, begun, wait }: Rejected): IntentAnswer => ({
  ...unperformed(job, failure),
  ...(job.accepted === true
    ? { outcome: "accepted" as const, state: "accepted" as const, safeNewKey: false }
    : { safeNewKey: record !== undefined || !begun, ...(isTooMany(failure) ? { tooMany: true as const } : {}) }),
  retryAfter: Math.max(1_000, wait)
})
