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
    description: "May the same wish be sent under a new key without risking a duplicate?"
  }),
  capabilityId: CapabilityId,
  protection: Protection.annotate({
    description:
      "What may become of a doubt: `idempotent` is repeated, `verified` can be proven later, `unprotected` waits for a person"
  }),
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

/** The record as this caller's outcome: `deduped` where it is somebody else's work that is being told. */
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

/** The outcome of the one who performed it. */
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

/** An intent that an answer is about. */
export interface Named {
  readonly intentId: IntentId
  readonly correlationId: CorrelationId
  readonly target: Target
  /** It was accepted before, and waits where it is not performed. */
  readonly accepted?: true
}

const about = ({ intentId, correlationId, target }: Named) => ({
  intentId,
  correlationId,
  capabilityId: target.capability.id,
  protection: target.capability.protection
})

/** The key was used long ago; only its tombstone is left (G23). */
export const expired = (job: Named): IntentAnswer => ({
  ...about(job),
  outcome: "deduped",
  state: "expired",
  safeNewKey: false
})

/** The key was used for something else, of which this caller is told no more than that. */
export const otherContent = (record: IntentRecord): IntentAnswer => {
  const { receipt: _receipt, failure, ...answer } = answerOf(record, "failed")
  if (failure === undefined) return { ...answer, conflict: "other_content" }
  const { explanation: _explanation, ...known } = failure
  return { ...answer, failure: known, conflict: "other_content" }
}

/** Nothing was performed and nothing is recorded. */
export const unperformed = (job: Named, failure: FailureReport): IntentAnswer => ({
  ...about(job),
  outcome: "failed",
  state: "failed",
  safeNewKey: true,
  failure
})

/**
 * Not performed now, certainly: the same key may be tried again. Whether it had been performed before, the ledger was
 * not there to say; so no other key is safe.
 */
export const notPerformed = (job: Named, error: InfraError): IntentAnswer => ({
  ...unperformed(job, { ...failureReport(error), certainty: "not_applied" }),
  ...(job.accepted === true ? { outcome: "accepted" as const, state: "accepted" as const } : {}),
  safeNewKey: false,
  retryAfter: 1_000
})

/**
 * The store did not say whether it was accepted. That is no doubt about an effect, since an acceptance performs nothing: the
 * same key is safe and ends it (I2). Another key is not: what was accepted will be performed.
 */
export const acceptanceUnknown = (job: Named): IntentAnswer => ({
  ...unperformed(job, {
    class: "InfraError",
    code: "acceptance_unknown",
    certainty: "unknown",
    transient: true,
    detail: "the store did not say whether it was accepted; ask again with the same key"
  }),
  safeNewKey: false,
  retryAfter: 1_000
})

/**
 * Held back before its claim: the same key may be tried again; what was accepted waits. Another key is safe unless somebody
 * was let through with this one and has left no record yet.
 */
export const rejectedAnswer = (job: Named, { failure, record, begun, wait }: Rejected): IntentAnswer => ({
  ...unperformed(job, failure),
  ...(job.accepted === true
    ? { outcome: "accepted" as const, state: "accepted" as const, safeNewKey: false }
    : { safeNewKey: record !== undefined || !begun, ...(isTooMany(failure) ? { tooMany: true as const } : {}) }),
  retryAfter: Math.max(1_000, wait)
})
