import type { FailureReport } from "../../../src/domain/failure.ts"
import type { IntentId } from "../../../src/domain/ids.ts"
import type { IntentRecord } from "../../../src/domain/intent.ts"
import type { Settlement } from "../../../src/outbound/intent-ledger.ts"
import { type Book, bury, fateOf, find, write } from "./book.ts"
import { type Entry, noted, recordOf } from "./entry.ts"

export const settle = (
  book: Book,
  intentId: IntentId,
  attempt: number,
  token: string,
  settlement: Settlement,
  now: number
): IntentRecord | undefined => {
  const entry = find(book, intentId, now)
  if (entry === undefined) return undefined
  if (entry.attempt !== attempt || entry.token !== token) {
    return fateOf(book, intentId, token, now) === attempt ? recordOf(entry, now) : undefined
  }
  if (entry.facts.verdict === undefined) {
    const judged = noted(judge(entry, settlement), now, attempt, settlement.state)
    return recordOf(write(book, entry, judged, now), now)
  }
  if (settlement.state !== "sent" || entry.facts.verdict === "sent" || entry.facts.proven) return recordOf(entry, now)
  const proven = { ...noted(entry, now, attempt, "sent"), facts: { ...entry.facts, proven: true } }
  return recordOf(write(book, entry, { ...proven, ...receiptOf(entry, settlement) }, now), now)
}

/** Nothing where the token has settled or holds nothing; it is buried where it might still claim (G7). */
export const release = (book: Book, intentId: IntentId, token: string, failure: FailureReport, now: number): void => {
  const entry = find(book, intentId, now)
  if (entry?.token === token) {
    if (entry.facts.verdict !== undefined) return
    const released = noted(judge(entry, { state: "failed", failure }), now, entry.attempt, "released")
    write(book, entry, released, now)
  }
  bury(book, intentId, token, "released", now)
}

const judge = (entry: Entry, settlement: Settlement): Entry => {
  const facts = { ...entry.facts, verdict: settlement.state }
  if (settlement.state === "sent") return { ...entry, facts, ...receiptOf(entry, settlement) }
  return { ...entry, facts, ownFailure: settlement.failure }
}

const receiptOf = (entry: Entry, { receipt }: Extract<Settlement, { state: "sent" }>): Pick<Entry, "receipt"> => ({
  receipt: receipt.messageId === undefined ? (entry.receipt ?? receipt) : receipt
})
