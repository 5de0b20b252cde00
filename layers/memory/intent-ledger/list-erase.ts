import type { FailureReport } from "../../../src/domain/failure.ts"
import type { IntentId } from "../../../src/domain/ids.ts"
import { type IntentRecord, type IntentState, stateOf } from "../../../src/domain/intent.ts"
import { Personal } from "../../../src/domain/personal.ts"
import {
  cursorOf,
  newestFirst,
  positionOf,
  type Provable,
  type StoredIntent
} from "../../../src/outbound/ledger/intent-ledger.ts"
import { partitionOf } from "../../../src/partition/partitions.ts"
import { type Book, find, told, writeEntry } from "./book.ts"
import { type LedgerEntry, noted, readsAs } from "./entry.ts"

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

const wordsOf = (failure: FailureReport | undefined) =>
  failure?.explanation === undefined ? "" : JSON.stringify(Personal.open(failure.explanation))

const withoutWords = ({ explanation: _, ...failure }: FailureReport): FailureReport => failure

/** Returns the texts of an intent that may name a person. */
const saysOf = ({ request = "", receipt, ownFailure, reportedFailure }: LedgerEntry): ReadonlyArray<string> => [
  request,
  receipt === undefined ? "" : JSON.stringify(receipt),
  wordsOf(ownFailure),
  wordsOf(reportedFailure)
]

/**
 * Returns a page of intents that hold such texts, in the order of their ids. `after` is the last id of the previous
 * page.
 */
export const storedIntents = (
  book: Book,
  partitions: number,
  partition: number,
  limit: number,
  after: string
): { readonly entries: ReadonlyArray<StoredIntent>; readonly next?: string } => {
  const rest = [...book.entries.values()]
    .filter(({ intentId }) => partitionOf(intentId, partitions) === partition && intentId > after)
    .filter((entry) => saysOf(entry).some((text) => text !== ""))
    .toSorted((a, b) => (a.intentId < b.intentId ? -1 : 1))
  const entries = rest.slice(0, limit).map((entry): StoredIntent => {
    const { intentId, facts, meta, lane } = entry
    const { connector, account } = meta
    return { intentId, state: stateOf(facts), connector, account, lane, says: saysOf(entry).join("\n") }
  })
  const last = entries.at(-1)
  return last === undefined || rest.length <= limit ? { entries } : { entries, next: last.intentId }
}

export const eraseIntents = (
  book: Book,
  intentId: IntentId,
  failure: FailureReport,
  now: number
): IntentRecord | undefined => {
  const entry = find(book, intentId, now)
  if (entry === undefined) return undefined
  const { request: _request, receipt: _receipt, ...noWords } = noted(entry, now, entry.attempt, "forgotten")
  const rest = {
    ...noWords,
    ...(entry.ownFailure === undefined ? {} : { ownFailure: withoutWords(entry.ownFailure) }),
    ...(entry.reportedFailure === undefined ? {} : { reportedFailure: withoutWords(entry.reportedFailure) })
  }
  const facts = { ...rest.facts, verdict: "failed" as const }
  const changed = stateOf(entry.facts) === "accepted" ? { ...rest, facts, ownFailure: failure } : rest
  return told(book, writeEntry(book, entry, changed, now), now)
}
