import { forward, graver, statusWord } from "../../../src/domain/intent.ts"
import {
  type Claim,
  type EvidenceAnswer,
  fingerprintLife,
  type FingerprintMatches,
  type FingerprintSearch,
  type LateEvidence,
  type LookAlike
} from "../../../src/outbound/ledger/intent-ledger.ts"
import { type Book, find, type Fingerprinted, markReceipt, receiptOf, told, writeEntry } from "./book.ts"
import { type LedgerEntry, notedOnce, readsAs } from "./entry.ts"
import { hasUnindexed } from "./list-erase.ts"

const memberOf = ({ intentId, attempt }: Pick<LookAlike, "intentId" | "attempt">) => `${intentId}:${attempt}`

export const leaveFingerprints = (
  book: Book,
  { intentId, fingerprints = [] }: Claim,
  attempt: number,
  now: number
): void => {
  for (const fingerprint of fingerprints) {
    const attempts = book.fingerprints.get(fingerprint) ?? new Map<string, Fingerprinted>()
    for (const [member, { claimedAt }] of attempts) {
      if (claimedAt + fingerprintLife > now) break
      attempts.delete(member)
    }
    attempts.set(memberOf({ intentId, attempt }), { intentId, attempt, claimedAt: now })
    book.fingerprints.set(fingerprint, attempts)
  }
}

export const findByFingerprint = (book: Book, search: FingerprintSearch, now: number): FingerprintMatches => {
  const found = new Map<string, Fingerprinted & { readonly fingerprints: Array<string> }>()
  for (const fingerprint of search.fingerprints) {
    for (const [member, one] of book.fingerprints.get(fingerprint) ?? []) {
      if (one.claimedAt < search.from || one.claimedAt > search.to) continue
      const known = found.get(member) ?? { ...one, fingerprints: [] }
      known.fingerprints.push(fingerprint)
      found.set(member, known)
    }
  }
  const owner = receiptOf(book, search.mark, now)
  const attempts: Array<LookAlike> = []
  for (const one of found.values()) {
    const entry = find(book, one.intentId, now)
    attempts.push(entry === undefined ? one : { ...one, record: told(book, entry, now) })
  }
  const rest = { attempts, complete: true, unindexed: hasUnindexed(book) }
  return owner === undefined ? rest : { ...rest, owner }
}

export const removeFingerprints = (
  book: Book,
  attempts: ReadonlyArray<Pick<LookAlike, "intentId" | "attempt" | "fingerprints">>
): void => {
  for (const one of attempts) {
    for (const fingerprint of one.fingerprints) {
      const held = book.fingerprints.get(fingerprint)
      held?.delete(memberOf(one))
      if (held?.size === 0) book.fingerprints.delete(fingerprint)
    }
  }
}

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
