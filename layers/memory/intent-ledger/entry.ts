import type { FailureReport } from "../../../src/domain/failure.ts"
import type { ConversationId, IntentId } from "../../../src/domain/ids.ts"
import {
  type AttemptFacts,
  type IntentRecord,
  type IntentState,
  type Receipt,
  effectiveFailure,
  stateAt,
  stateOf,
  type TimelineEntry,
  timelineLength
} from "../../../src/domain/intent.ts"
import type { Claim } from "../../../src/outbound/ledger/intent-ledger.ts"

/** A stored intent: facts from which its record is derived. */
export interface LedgerEntry {
  readonly intentId: IntentId
  readonly meta: Claim["meta"]
  readonly content: string
  readonly token: string
  readonly attempt: number
  readonly createdAt: number
  readonly acceptedAt?: number
  readonly lane?: ConversationId
  /** Stays until the intent is settled; if a proof needs it, until the doubt has ended. */
  readonly request?: string
  readonly provable?: boolean
  /** True when fingerprints find it; it is then listed only if it can be read back. */
  readonly indexed?: boolean
  readonly readBack?: boolean
  readonly claimedAt?: number
  readonly deadline?: number
  readonly facts: AttemptFacts
  /**
   * Time at which it entered its state; of a claim, the time when that becomes a doubt; of an accepted intent, the time
   * of acceptance.
   */
  readonly since: number
  readonly settledAt?: number
  readonly receipt?: Receipt
  readonly delivery?: string
  readonly ownFailure?: FailureReport
  readonly reportedFailure?: FailureReport
  readonly keepUntil?: number
  readonly timeline: ReadonlyArray<TimelineEntry>
}

export const failureOf = (entry: LedgerEntry): FailureReport | undefined =>
  effectiveFailure(stateOf(entry.facts), entry.delivery, entry.ownFailure, entry.reportedFailure)

export const readsAs = (entry: LedgerEntry, now: number): IntentState =>
  stateAt(stateOf(entry.facts), entry.deadline, now)

/** Returns the record of an entry. `evidence`: milliseconds for which evidence about a doubt may still come. */
export const intentRecordOf = (entry: LedgerEntry, now: number, evidence: number): IntentRecord => {
  const failure = failureOf(entry)
  const state = readsAs(entry, now)
  return {
    intentId: entry.intentId,
    state,
    attempt: entry.attempt,
    ...entry.meta,
    createdAt: entry.createdAt,
    ...(entry.acceptedAt === undefined ? {} : { acceptedAt: entry.acceptedAt }),
    ...(entry.claimedAt === undefined ? {} : { claimedAt: entry.claimedAt }),
    ...(entry.deadline === undefined ? {} : { deadline: entry.deadline }),
    ...(state === "in_doubt" && now >= entry.since + evidence ? { final: true as const } : {}),
    ...(entry.settledAt === undefined ? {} : { settledAt: entry.settledAt }),
    ...(entry.receipt === undefined ? {} : { receipt: entry.receipt }),
    ...(failure === undefined ? {} : { failure }),
    ...(entry.delivery === undefined ? {} : { delivery: entry.delivery }),
    timeline: entry.timeline
  }
}

export const noted = (entry: LedgerEntry, at: number, attempt: number, what: string): LedgerEntry => ({
  ...entry,
  timeline: [...entry.timeline, { at, attempt, what }].slice(-timelineLength)
})

export const notedOnce = (entry: LedgerEntry, at: number, attempt: number, what: string): LedgerEntry =>
  entry.timeline.some((step) => step.attempt === attempt && step.what === what)
    ? entry
    : noted(entry, at, attempt, what)
