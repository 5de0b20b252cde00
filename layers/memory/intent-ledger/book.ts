import type { IntentId } from "../../../src/domain/ids.ts"
import { type IntentRecord, stateOf } from "../../../src/domain/intent.ts"
import { fingerprintLife, releasedTokenLife, type IntentRetention } from "../../../src/outbound/ledger/intent-ledger.ts"
import { type LedgerEntry, noted, intentRecordOf } from "./entry.ts"

/** Fate of a token that no longer holds a claim: released, or settled as this attempt. */
export type Fate = "released" | number

interface Tokens {
  readonly until: number
  readonly fates: ReadonlyMap<string, Fate>
}

export interface Book {
  readonly retention: IntentRetention
  readonly entries: Map<string, LedgerEntry>
  /** Time until which each tombstone shows that an intent existed. */
  readonly tombstones: Map<string, number>
  readonly tokens: Map<string, Tokens>
  /** Intent of each receipt's mark, and the time until which it is known. */
  readonly receipts: Map<string, { readonly intentId: IntentId; readonly until: number }>
  /** Attempts under each fingerprint, by intent and number, with the time of their claim. */
  readonly fingerprints: Map<string, Map<string, Fingerprinted>>
  /** Intents that were claimed without a fingerprint; each stays at least while it is open. */
  readonly unindexed: Set<string>
}

export interface Fingerprinted {
  readonly intentId: IntentId
  readonly attempt: number
  readonly claimedAt: number
}

export const emptyBook = (retention: IntentRetention): Book => ({
  retention,
  entries: new Map(),
  tombstones: new Map(),
  tokens: new Map(),
  receipts: new Map(),
  fingerprints: new Map(),
  unindexed: new Set()
})

export const find = (book: Book, intentId: string, now: number): LedgerEntry | undefined => {
  const entry = book.entries.get(intentId)
  if (entry?.keepUntil === undefined || now < entry.keepUntil) return entry
  book.entries.delete(intentId)
  return undefined
}

export const told = (book: Book, entry: LedgerEntry, now: number): IntentRecord =>
  intentRecordOf(entry, now, book.retention.evidence)

export const entombed = (book: Book, intentId: string, now: number): boolean => {
  const until = book.tombstones.get(intentId)
  if (until !== undefined && now >= until) book.tombstones.delete(intentId)
  return until !== undefined && now < until
}

export const fateOf = (book: Book, intentId: string, token: string, now: number): Fate | undefined => {
  const tokens = book.tokens.get(intentId)
  if (tokens !== undefined && now >= tokens.until) book.tokens.delete(intentId)
  return tokens === undefined || now >= tokens.until ? undefined : tokens.fates.get(token)
}

/** Records the fate of a token. The first fate is final. */
export const bury = (book: Book, intentId: string, token: string, fate: Fate, now: number): void => {
  const known = fateOf(book, intentId, token, now)
  const fates = new Map(book.tokens.get(intentId)?.fates).set(token, known ?? fate)
  book.tokens.set(intentId, { until: now + releasedTokenLife, fates })
}

const settles = new Set(["sent", "failed", "in_doubt"])
const ends = new Set(["sent", "failed"])
const open = new Set(["accepted", "claimed"])

/**
 * Writes an entry whose facts have changed, and the effects of a changed state: retention, tombstone, place in the
 * lists.
 */
export const writeEntry = (book: Book, before: LedgerEntry, changed: LedgerEntry, now: number): LedgerEntry => {
  const state = stateOf(changed.facts)
  const moved = state === stateOf(before.facts) ? changed : move(book, changed, state, now)
  book.entries.set(moved.intentId, moved)
  return moved
}

const move = (book: Book, changed: LedgerEntry, state: string, now: number): LedgerEntry => {
  const { keepUntil: _, request, ...rest } = changed
  const since = state === "accepted" ? (changed.acceptedAt ?? now) : now
  const keepsRequest = open.has(state) || (state === "in_doubt" && changed.provable === true)
  const moved: LedgerEntry = {
    ...rest,
    since,
    ...(settles.has(state) ? { settledAt: now } : {}),
    ...(keepsRequest && request !== undefined ? { request } : {})
  }
  if (state === "disputed") return noted(moved, now, moved.attempt, "disputed")
  if (!ends.has(state)) return moved
  book.tombstones.set(moved.intentId, now + book.retention.tombstones)
  return { ...moved, keepUntil: now + book.retention.intents }
}

/** Records the mark of a receipt as this intent's. */
export const markReceipt = (book: Book, entry: LedgerEntry, receipt: string | undefined, now: number): void => {
  if (receipt === undefined) return
  book.receipts.set(receipt, { intentId: entry.intentId, until: now + fingerprintLife })
}

export const receiptOf = (book: Book, receipt: string, now: number): IntentId | undefined => {
  const known = book.receipts.get(receipt)
  if (known !== undefined && now >= known.until) book.receipts.delete(receipt)
  return known !== undefined && now < known.until ? known.intentId : undefined
}
