import { type IntentRecord, stateAt, type TimelineEntry, timelineLength } from "../../../src/domain/intent.ts"
import type { Claim, Settlement } from "../../../src/outbound/ledger/intent-ledger.ts"

/** Returns the record that a first claim has written, equal to what a read would return. */
export const firstClaim = ({ intentId, callMillis, meta }: Claim, now: number): IntentRecord => ({
  intentId,
  state: stateAt("claimed", now + callMillis, now),
  attempt: 1,
  ...meta,
  createdAt: now,
  claimedAt: now,
  deadline: now + callMillis,
  timeline: [{ at: now, attempt: 1, what: "claimed" }]
})

/** Returns the record that a settle has written, when nothing else had happened since the claim. */
export const firstEnd = (claimed: IntentRecord, settlement: Settlement, now: number): IntentRecord => ({
  ...claimed,
  state: settlement.state,
  ...(settlement.state === "accepted" ? {} : { settledAt: now }),
  ...(settlement.state === "sent" ? { receipt: settlement.receipt } : { failure: settlement.failure }),
  timeline: [...claimed.timeline, { at: now, attempt: claimed.attempt, what: settlement.state }].slice(-timelineLength)
})

/** Encodes a timeline as the store keeps it. */
export const timelineText = (timeline: ReadonlyArray<TimelineEntry>): string =>
  timeline.map(({ at, attempt, what }) => `${at} ${attempt} ${what};`).join("")
