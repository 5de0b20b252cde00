import {
  type Claim,
  fingerprintLife,
  type FingerprintMatches,
  type FingerprintSearch,
  type LookAlike
} from "../../../src/outbound/ledger/intent-ledger.ts"
import { type Book, find, type Fingerprinted, receiptOf, told } from "./book.ts"
import { hasUnindexed } from "./list.ts"

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
