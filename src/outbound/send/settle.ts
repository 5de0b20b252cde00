import type * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { retryUntilStored, storeBackoff } from "../../concurrency/retry.ts"
import { about } from "../../domain/explanation.ts"
import { type Failure, type FailureReport, failureReport } from "../../domain/failure.ts"
import type { IntentRecord, Receipt } from "../../domain/intent.ts"
import { Personal } from "../../domain/personal.ts"
import type { IntentLedger, Settlement } from "../ledger/intent-ledger.ts"

/** A call that has ended. No caller may report its end before `written` returns: only then does the ledger hold it. */
export interface Settled {
  readonly _tag: "Settled"
  readonly claimed: IntentRecord
  readonly settlement: Settlement
  readonly failure?: Failure
  /** Returns the record once it is written. Returns `undefined` when the claim is no longer this attempt's. */
  readonly written: Effect.Effect<IntentRecord | undefined>
}

/** Returns how a call is settled. An `accepted` intent stays accepted after a transient failure that certainly did nothing. */
export const settlementOf = (
  ended: Result.Result<Receipt, Failure>,
  accepted = false,
  to?: Personal<string>
): Settlement => {
  if (Result.isSuccess(ended)) return { state: "sent", receipt: ended.success }
  const failure = aboutWhom(failureReport(ended.failure), to)
  if (failure.certainty === "unknown") return { state: "in_doubt", failure }
  return { state: accepted && failure.transient ? "accepted" : "failed", failure }
}

/** Names the recipient in the provider's explanation, so that an erasure of that person finds it. */
const aboutWhom = (failure: FailureReport, to: Personal<string> | undefined): FailureReport =>
  failure.explanation === undefined || to === undefined
    ? failure
    : { ...failure, explanation: about(failure.explanation, [Personal.open(to)]) }

const marked = (settlement: Settlement, markOf: (messageId: string) => string | undefined): Settlement => {
  if (settlement.state !== "sent" || settlement.receipt.messageId === undefined) return settlement
  const mark = markOf(settlement.receipt.messageId)
  return mark === undefined ? settlement : { ...settlement, mark }
}

/** A claim whose call has ended. */
export interface EndedClaim {
  readonly claimed: IntentRecord
  readonly token: string
  readonly ended: Result.Result<Receipt, Failure>
  /** True when the intent had been accepted before its claim. */
  readonly accepted: boolean
  /** Returns the mark of the receipt. Returns `undefined` when no mark is needed. */
  readonly markOf: (messageId: string) => string | undefined
  /** The recipient, as the caller wrote it. */
  readonly to: Personal<string> | undefined
}

const settleBackoff = storeBackoff("50 millis")

/** Settles a claim by compare-and-set on attempt and token, until the ledger has written it. A repeat changes nothing. */
export const settle = (
  ledger: IntentLedger["Service"],
  { claimed, token, ended, accepted, markOf, to }: EndedClaim
): Settled => {
  const settlement = marked(settlementOf(ended, accepted, to), markOf)
  return {
    _tag: "Settled",
    claimed,
    settlement,
    ...(Result.isFailure(ended) ? { failure: ended.failure } : {}),
    written: retryUntilStored(
      ledger.settle(claimed.intentId, claimed.attempt, token, settlement, claimed),
      settleBackoff
    )
  }
}
