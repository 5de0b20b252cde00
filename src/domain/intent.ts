import * as Schema from "effect/Schema"
import { FailureReport } from "./failure.ts"
import { AccountId, CapabilityId, ConnectorId, CorrelationId, IntentId } from "./ids.ts"

export const Outcome = Schema.Literals(["sent", "deduped", "failed", "in_doubt", "accepted"])
export type Outcome = typeof Outcome.Type

export const IntentState = Schema.Literals(["accepted", "claimed", "sent", "failed", "in_doubt", "disputed", "expired"])
export type IntentState = typeof IntentState.Type

/** Protection of a capability: it decides how an unknown outcome may be repeated or proved (`docs/glossary.md`). */
export const Protection = Schema.Literals(["idempotent", "verified", "unprotected"])
export type Protection = typeof Protection.Type

/** The message id that the provider answered, never its body. `messageId` is absent where the provider gives none. */
export const Receipt = Schema.Struct({ messageId: Schema.optionalKey(Schema.String) })
export type Receipt = typeof Receipt.Type

/** One step of an intent's life; `at` in milliseconds of the store's clock. */
export const TimelineEntry = Schema.Struct({ at: Schema.Finite, attempt: Schema.Int, what: Schema.String })
export type TimelineEntry = typeof TimelineEntry.Type

/** The ledger's record of an intent. Times are milliseconds of the store's clock. */
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
  /** Time of the last acceptance for later sending. */
  acceptedAt: Schema.optionalKey(Schema.Finite),
  /** Time of the last claim; absent before the first attempt, as is `deadline`. */
  claimedAt: Schema.optionalKey(Schema.Finite),
  /** A call may be under way until this time; after it the state is `in_doubt` (G15). */
  deadline: Schema.optionalKey(Schema.Finite),
  settledAt: Schema.optionalKey(Schema.Finite),
  receipt: Schema.optionalKey(Receipt),
  failure: Schema.optionalKey(FailureReport),
  delivery: Schema.optionalKey(Schema.String),
  /** True for a doubt whose evidence is not expected any more: only an operator can resolve it (G26). */
  final: Schema.optionalKey(Schema.Literal(true)),
  timeline: Schema.Array(TimelineEntry)
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

/** Returns the later of two statuses, in whatever order they arrive; `delivered` and what follows it outrank `failed` (G19). */
export const forward = (known: string | undefined, next: string): string => {
  if (known === undefined) return next
  return (deliveryRank[next] ?? 0) > (deliveryRank[known] ?? 0) ? next : known
}

/** Returns a status in a form that may be stored: a status with a rank, else `other`. */
export const statusWord = (status: string): string => (Object.hasOwn(deliveryRank, status) ? status : "other")

/** An operator's decision about an intent in doubt or in dispute. */
export const Verdict = Schema.Literals(["sent", "not_sent"])
export type Verdict = typeof Verdict.Type

/** Facts about an intent's last attempt. Its state follows from these alone, in whatever order they came. */
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
export const standingFailure = <Report extends FailureReport>(
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
