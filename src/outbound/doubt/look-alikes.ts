import type { IntentRecord } from "../../domain/intent.ts"
import type { LookAlike } from "../ledger/intent-ledger.ts"
import { proofWindow } from "../ledger/intent-ledger.ts"

/**
 * How an attempt stands towards a message that it may have caused. `in_flight`: its call has not ended. `open`: it can be
 * proven. `caused`: it has caused one of its own, or nobody can prove it any more. `denied`: an operator said that it was
 * not sent. `none`: it has certainly caused nothing.
 */
export type AttemptStanding = "in_flight" | "open" | "caused" | "denied" | "none"

/** Milliseconds that a provider may tell its time in: whole seconds. */
const second = 1_000

/** Milliseconds that the provider's clock may be behind the store's: whatever was claimed so soon after may be meant too. */
export const clockSlack = 5_000

/** When an attempt must have been claimed that can have caused what was created then. */
export const claimedFor = (createdAt: number): { readonly from: number; readonly to: number } => ({
  from: createdAt - proofWindow,
  to: createdAt + second - 1 + clockSlack
})

/** Created after the claim, to the second, and not later than a call of it can have caused (G20). */
export const isInTime = (createdAt: number, claimedAt: number): boolean =>
  createdAt >= Math.floor(claimedAt / second) * second && createdAt <= claimedAt + proofWindow

const stepsOf = ({ timeline }: IntentRecord, attempt: number) => timeline.filter((step) => step.attempt === attempt)

/** When an operator said that this attempt was not sent; `undefined` where nobody did. */
export const deniedAt = (record: IntentRecord, attempt: number): number | undefined =>
  stepsOf(record, attempt).find(({ what }) => what === "resolved:not_sent")?.at

const unprovable = new Set(["forgotten", "receipt_unreadable"])

export const standingOfAttempt = ({ record, attempt }: Pick<LookAlike, "record" | "attempt">): AttemptStanding => {
  // Its claim is not written yet, or its record has had its time.
  if (record === undefined) return "caused"
  if (attempt > record.attempt) return "none"
  if (attempt < record.attempt || record.state === "failed" || record.state === "accepted") {
    return deniedAt(record, attempt) === undefined ? "none" : "denied"
  }
  if (record.state === "claimed") return "in_flight"
  const isKnown = record.receipt?.messageId !== undefined || record.timeline.some(({ what }) => unprovable.has(what))
  return isKnown ? "caused" : "open"
}
