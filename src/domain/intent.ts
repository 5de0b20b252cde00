import * as Schema from "effect/Schema"
import { FailureReport } from "./failure.ts"
import { AccountId, CapabilityId, ConnectorId, CorrelationId, IntentId } from "./ids.ts"

export const Outcome = Schema.Literals(["sent", "deduped", "failed", "in_doubt", "accepted"]).annotate({
  description:
    "Outcome of this request: `sent`, `accepted` (stored, performed later), `deduped` (an earlier request decided it), `failed` or `in_doubt`."
})
export type Outcome = typeof Outcome.Type

export const IntentState = Schema.Literals([
  "accepted",
  "claimed",
  "sent",
  "failed",
  "in_doubt",
  "disputed",
  "expired"
]).annotate({
  description:
    "State of the intent: `accepted` (stored, waits to be performed), `claimed` (a call may be under way), `sent`, `failed` (it did not happen), `in_doubt` (it may have happened, and the gateway does not send again), `disputed` (the evidence contradicts itself) or `expired` (only the tombstone is left)."
})
export type IntentState = typeof IntentState.Type

/** Protection of a capability: it decides how an unknown outcome may be repeated or proved (`docs/glossary.md`). */
export const Protection = Schema.Literals(["idempotent", "verified", "unprotected"]).annotate({
  description:
    "States how an unknown outcome ends: `idempotent` (the gateway repeats the call), `verified` (later evidence can prove it) or `unprotected` (an operator resolves it)."
})
export type Protection = typeof Protection.Type

/** The message id that the provider answered, never its body. `messageId` is absent where the provider gives none. */
export const Receipt = Schema.Struct({
  messageId: Schema.optionalKey(
    Schema.String.annotate({ description: "The provider's id of the message. Absent when the provider gave none." })
  )
}).annotate({ description: "Receipt of the provider for a call that took effect. Absent when none is known." })
export type Receipt = typeof Receipt.Type

/** One step of an intent's life; `at` in milliseconds of the store's clock. */
export const TimelineEntry = Schema.Struct({
  at: Schema.Finite.annotate({ description: "Time of the step, in milliseconds of the store's clock." }),
  attempt: Schema.Int.annotate({ description: "Number of the attempt that the step belongs to, from 1." }),
  what: Schema.String.annotate({
    description:
      "Names the step: a state that the intent reached, `status:<word>`, other evidence, or an operator's verdict."
  })
})
export type TimelineEntry = typeof TimelineEntry.Type

const time = (what: string) => Schema.Finite.annotate({ description: `${what}. In milliseconds of the store's clock.` })

/** The ledger's record of an intent. Times are milliseconds of the store's clock. */
export const IntentRecord = Schema.Struct({
  intentId: IntentId,
  state: IntentState,
  attempt: Schema.Int.annotate({ description: "Number of the last attempt. A new attempt of the same intent adds 1." }),
  connector: ConnectorId,
  account: AccountId,
  capabilityId: CapabilityId,
  protection: Protection,
  correlationId: CorrelationId,
  createdAt: time("Time at which the ledger wrote its first record of the intent"),
  acceptedAt: Schema.optionalKey(
    time("Time of the last acceptance; absent when the intent was never accepted for later")
  ),
  claimedAt: Schema.optionalKey(time("Time of the last claim; absent before the first attempt")),
  deadline: Schema.optionalKey(
    time(
      "Time until which a call may be under way; after it a claim reads as `in_doubt`; absent before the first attempt"
    )
  ),
  settledAt: Schema.optionalKey(time("Time at which the present outcome was written; absent before the first outcome")),
  receipt: Schema.optionalKey(Receipt),
  failure: Schema.optionalKey(FailureReport),
  delivery: Schema.optionalKey(
    Schema.String.annotate({
      description:
        "Furthest progress that the provider's statuses report: `sent`, `failed`, `delivered`, `read` or `played`. Absent before the first status."
    })
  ),
  final: Schema.optionalKey(
    Schema.Literal(true).annotate({
      description:
        "True for a doubt whose evidence is no longer expected, so that only an operator can resolve it. Else absent."
    })
  ),
  timeline: Schema.Array(TimelineEntry).annotate({
    description: "Lists the last 64 steps of the intent, oldest first."
  })
})
export type IntentRecord = Omit<typeof IntentRecord.Type, "failure"> & { readonly failure?: FailureReport }

/**
 * Returns true when a new key cannot cause a duplicate, since the call certainly did nothing. Returns false for an `unlisted`
 * refusal, since no row of the error table says what its code means (G19).
 */
export const safeNewKey = (state: IntentState, failure?: FailureReport): boolean =>
  state === "failed" && (failure === undefined || (failure.certainty === "not_applied" && failure.unlisted !== true))

/** Rank of each status; `delivered` and what follows it outrank `failed` (G19). */
export const deliveryRank: Readonly<Record<string, number>> = { sent: 1, failed: 2, delivered: 3, read: 4, played: 5 }

/** Returns the later of two statuses, in any order of arrival; `delivered` and what follows it outrank `failed` (G19). */
export const forward = (known: string | undefined, next: string): string => {
  if (known === undefined) return next
  return (deliveryRank[next] ?? 0) > (deliveryRank[known] ?? 0) ? next : known
}

/** Returns a status in a form that may be stored: a status with a rank, else `other`. */
export const statusWord = (status: string): string => (Object.hasOwn(deliveryRank, status) ? status : "other")

/** An operator's decision about an intent in doubt or in dispute. */
export const Verdict = Schema.Literals(["sent", "not_sent"]).annotate({
  description:
    "States whether the message was sent: `sent`, or `not_sent` when the operator is certain that it was not."
})
export type Verdict = typeof Verdict.Type

/** Facts about an intent's last attempt. Its state follows from these alone, in any order of arrival. */
export interface AttemptFacts {
  /** Outcome that the caller settled, or an operator after it; `accepted`: the call did nothing and is to be tried again. */
  readonly verdict?: "sent" | "failed" | "in_doubt" | "accepted"
  /** A proof shows that the call took effect. */
  readonly proven: boolean
  /** The provider reported that it failed. */
  readonly refused: boolean
  /** The verdict is an operator's: facts known before it no longer count. */
  readonly judged?: boolean
  /** A proof shows that an earlier attempt took effect, which had been settled as a failure. */
  readonly contradicted?: boolean
}

export const stateOf = ({ verdict, proven, refused, judged, contradicted }: AttemptFacts): IntentState => {
  if (verdict === undefined && !proven && !refused) return "claimed"
  if (contradicted === true) return "disputed"
  if (verdict === "failed" || verdict === "accepted") {
    if (proven) return "disputed"
    return refused ? "failed" : verdict
  }
  if (verdict === "sent") return judged === true && refused ? "disputed" : "sent"
  if (proven) return "sent"
  return refused ? "failed" : (verdict ?? "claimed")
}

/** Returns the state at a time: a claim past its deadline reads as `in_doubt` (G15). */
export const stateAt = (state: IntentState, deadline: number | undefined, now: number): IntentState =>
  state === "claimed" && deadline !== undefined && now >= deadline ? "in_doubt" : state

/** Returns the failure that the record shows: the caller's own, or the one that a `failed` status reported. */
export const effectiveFailure = <Report extends FailureReport>(
  state: IntentState,
  delivery: string | undefined,
  own: Report | undefined,
  reported: Report | undefined
): Report | undefined => {
  if (state === "failed" || state === "accepted") return reported ?? own
  if (state === "sent") return delivery === "failed" ? reported : undefined
  return own
}

const gravity = (failure: FailureReport): number =>
  (failure.certainty === "unknown" ? 2 : 0) + (failure.transient ? 0 : 1)

/** Returns the graver of two reported failures, the one that permits less, whichever came first. */
export const graver = (known: FailureReport | undefined, next: FailureReport): FailureReport => {
  if (known === undefined) return next
  const more = gravity(next) - gravity(known)
  return more > 0 || (more === 0 && next.code < known.code) ? next : known
}

/** Returns true when the same key may be tried again: the failure certainly did nothing and is transient. */
export const claimableAnew = (state: IntentState, failure: FailureReport | undefined): boolean =>
  state === "failed" && failure !== undefined && failure.certainty === "not_applied" && failure.transient

/** Most entries that a timeline keeps: the last ones. */
export const timelineLength = 64
