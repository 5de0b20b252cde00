import type { IntentRecord, IntentState } from "../../../src/domain/intent.ts"
import { cursorOf, newestFirst, positionOf, type Provable } from "../../../src/outbound/ledger/intent-ledger.ts"
import { type Book, find, told } from "./book.ts"
import { type LedgerEntry, readsAs } from "./entry.ts"

const inState = (book: Book, state: IntentState, now: number): ReadonlyArray<LedgerEntry> =>
  [...book.entries.keys()]
    .map((intentId) => find(book, intentId, now))
    .filter((entry) => entry !== undefined)
    .filter((entry) => readsAs(entry, now) === state)

const place = (entry: LedgerEntry) => ({ at: entry.since, intentId: entry.intentId })

export const list = (
  book: Book,
  state: IntentState,
  page: { readonly limit: number; readonly cursor?: string },
  now: number
): { readonly intents: ReadonlyArray<IntentRecord>; readonly next?: string } => {
  const after = page.cursor === undefined ? undefined : positionOf(page.cursor)
  if (page.cursor !== undefined && after === undefined) return { intents: [] }
  const rest = inState(book, state, now)
    .filter((entry) => after === undefined || newestFirst(after, place(entry)) < 0)
    .sort((a, b) => newestFirst(place(a), place(b)))
  const entries = rest.slice(0, page.limit)
  const last = entries.at(-1)
  return {
    intents: entries.map((entry) => told(book, entry, now)),
    ...(last !== undefined && rest.length > entries.length ? { next: cursorOf(place(last)) } : {})
  }
}

const open = (book: Book, now: number, is: (entry: LedgerEntry) => boolean): Provable => ({
  intents: [...inState(book, "claimed", now), ...inState(book, "in_doubt", now)].flatMap((entry) =>
    entry.provable === true && entry.request !== undefined && is(entry)
      ? [{ record: told(book, entry, now), now, request: entry.request }]
      : []
  ),
  complete: true
})

export const provable = (book: Book, now: number): Provable =>
  open(book, now, ({ indexed, readBack }) => indexed !== true || readBack === true)

export const hasUnindexed = (book: Book): boolean => {
  for (const intentId of book.unindexed) {
    const entry = book.entries.get(intentId)
    if (entry?.provable === true && entry.request !== undefined && entry.indexed !== true) return true
    book.unindexed.delete(intentId)
  }
  return false
}

export const unindexed = (book: Book, now: number): Provable => open(book, now, ({ indexed }) => indexed !== true)

const longest = (entries: ReadonlyArray<LedgerEntry>, now: number): number =>
  entries.reduce((oldest, entry) => Math.max(oldest, now - entry.since), 0)

export const oldestDoubt = (book: Book, now: number): number =>
  longest(
    inState(book, "in_doubt", now).filter(({ since }) => now < since + book.retention.evidence),
    now
  )

export const oldestAccepted = (book: Book, now: number): number => longest(inState(book, "accepted", now), now)
