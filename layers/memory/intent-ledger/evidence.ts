import { forward, graver, statusWord } from "../../../src/domain/intent.ts"
import type { EvidenceAnswer, LateEvidence } from "../../../src/outbound/intent-ledger.ts"
import { type Book, find, write } from "./book.ts"
import { type Entry, notedOnce, readsAs, recordOf } from "./entry.ts"

export const evidence = (book: Book, late: LateEvidence, now: number): EvidenceAnswer => {
  const entry = find(book, late.intentId, now)
  if (entry === undefined) return { _tag: "NoEvidence", reason: "unknown" }
  const status = statusWord(late.status)
  const seen = notedOnce(entry, now, late.attempt, `status:${status}`)
  if (entry.attempt !== late.attempt) {
    book.entries.set(entry.intentId, seen)
    return { _tag: "NoEvidence", reason: "other_attempt" }
  }
  const written = write(book, entry, learn(seen, late, status), now)
  return { _tag: "Applied", before: readsAs(entry, now), record: recordOf(written, now) }
}

const learn = (entry: Entry, late: LateEvidence, status: string): Entry => {
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
