import type { IntentId } from "../../../src/domain/ids.ts"
import { type IntentRecord, stateOf } from "../../../src/domain/intent.ts"
import { releasedTokenLife, type Retention } from "../../../src/outbound/intent-ledger.ts"
import { type Entry, noted, recordOf } from "./entry.ts"

/** What became of a token that holds no claim any more: given back, or settled as this attempt. */
export type Fate = "released" | number

interface Tokens {
  readonly until: number
  readonly fates: ReadonlyMap<string, Fate>
}

export interface Book {
  readonly retention: Retention
  readonly entries: Map<string, Entry>
  /** Until when each says that an intent was there. */
  readonly tombstones: Map<string, number>
  readonly tokens: Map<string, Tokens>
  /** Whose receipt each mark is, and until when that is known. */
  readonly receipts: Map<string, { readonly intentId: IntentId; readonly until: number }>
  /** Attempts under each fingerprint, by intent and number, and when each was claimed. */
  readonly fingerprints: Map<string, Map<string, Fingerprinted>>
  /** Those that were claimed without any, as long as they are open at least. */
  readonly unindexed: Set<string>
}

export interface Fingerprinted {
  readonly intentId: IntentId
  readonly attempt: number
  readonly claimedAt: number
}

export const emptyBook = (retention: Retention): Book => ({
  retention,
  entries: new Map(),
  tombstones: new Map(),
  tokens: new Map(),
  receipts: new Map(),
  fingerprints: new Map(),
  unindexed: new Set()
})

export const find = (book: Book, intentId: string, now: number): Entry | undefined => {
  const entry = book.entries.get(intentId)
  if (entry?.keepUntil === undefined || now < entry.keepUntil) return entry
  book.entries.delete(intentId)
  return undefined
}

export const told = (book: Book, entry: Entry, now: number): IntentRecord =>
  recordOf(entry, now, book.retention.evidence)

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

/** The first fate of a token stands. */
export const bury = (book: Book, intentId: string, token: string, fate: Fate, now: number): void => {
  const known = fateOf(book, intentId, token, now)
  const fates = new Map(book.tokens.get(intentId)?.fates).set(token, known ?? fate)
  book.tokens.set(intentId, { until: now + releasedTokenLife, fates })
}

const settles = new Set(["sent", "failed", "in_doubt"])
const ends = new Set(["sent", "failed"])
const open = new Set(["accepted", "claimed"])

/** Writes an entry whose facts have changed, and what a change of state brings: retention, tombstone, place in the lists. */
export const write = (book: Book, before: Entry, changed: Entry, now: number): Entry => {
  const state = stateOf(changed.facts)
  const moved = state === stateOf(before.facts) ? changed : move(book, changed, state, now)
  book.entries.set(moved.intentId, moved)
  return moved
}

const move = (book: Book, changed: Entry, state: string, now: number): Entry => {
  const { keepUntil: _, request, ...rest } = changed
  const since = state === "accepted" ? (changed.acceptedAt ?? now) : now
  const keepsRequest = open.has(state) || (state === "in_doubt" && changed.provable === true)
  const moved: Entry = {
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

/** The receipt with this mark is this intent's. */
export const mark = (book: Book, entry: Entry, receipt: string | undefined, now: number): void => {
  if (receipt === undefined) return
  book.receipts.set(receipt, { intentId: entry.intentId, until: now + book.retention.intents })
}

export const receiptOf = (book: Book, receipt: string, now: number): IntentId | undefined => {
  const known = book.receipts.get(receipt)
  if (known !== undefined && now >= known.until) book.receipts.delete(receipt)
  return known !== undefined && now < known.until ? known.intentId : undefined
}
