import { forward, graver, statusWord } from "../../../src/domain/intent.ts"
import type { EvidenceAnswer, LateEvidence } from "../../../src/outbound/ledger/intent-ledger.ts"
import { type Book, find, markReceipt, told, writeEntry } from "./book.ts"
import { type LedgerEntry, notedOnce, readsAs } from "./entry.ts"

export const applyEvidence = (book: Book, late: LateEvidence, now: number): EvidenceAnswer => {
  const entry = find(book, late.intentId, now)
  if (entry === undefined) return { _tag: "NoEvidence", reason: "unknown" }
  const status = statusWord(late.status)
  if (status !== "failed") markReceipt(book, entry, late.mark, now)
  const seen = notedOnce(entry, now, late.attempt, late.seen ?? `status:${status}`)
  const before = readsAs(entry, now)
  if (entry.attempt !== late.attempt) {
    // Every attempt before the last had been settled as a failure.
    const contradicts = late.attempt < entry.attempt && status !== "failed"
    const doubted = contradicts ? { ...seen, facts: { ...seen.facts, contradicted: true } } : seen
    const written = writeEntry(book, entry, doubted, now)
    const record = told(book, written, now)
    const disputed = record.state === "disputed" && before !== "disputed"
    return disputed ? { _tag: "Applied", before, record } : { _tag: "NoEvidence", reason: "other_attempt" }
  }
  const written = writeEntry(book, entry, learn(seen, late, status), now)
  return { _tag: "Applied", before, record: told(book, written, now) }
}

const learn = (entry: LedgerEntry, late: LateEvidence, status: string): LedgerEntry => {
  const failed = status === "failed"
  return {
    ...entry,
    facts: {
      ...entry.facts,
      proven: entry.facts.proven || !failed,
      refused: entry.facts.refused || failed
    },
    delivery: forward(entry.delivery, status),
    ...(entry.receipt?.messageId === undefined && late.messageId !== undefined
      ? { receipt: { messageId: late.messageId } }
      : {}),
    ...(failed && late.failure !== undefined ? { reportedFailure: graver(entry.reportedFailure, late.failure) } : {})
  }
}
