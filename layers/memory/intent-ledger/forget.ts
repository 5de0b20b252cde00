import type { FailureReport } from "../../../src/domain/failure.ts"
import type { IntentId } from "../../../src/domain/ids.ts"
import { type IntentRecord, stateOf } from "../../../src/domain/intent.ts"
import { Personal } from "../../../src/domain/personal.ts"
import type { RestingIntent } from "../../../src/outbound/ledger/intent-ledger.ts"
import { partitionOf } from "../../../src/partition/partitions.ts"
import { type Book, find, told, writeEntry } from "./book.ts"
import { type LedgerEntry, noted } from "./entry.ts"

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
export const resting = (
  book: Book,
  partitions: number,
  partition: number,
  limit: number,
  after: string
): { readonly entries: ReadonlyArray<RestingIntent>; readonly next?: string } => {
  const rest = [...book.entries.values()]
    .filter(({ intentId }) => partitionOf(intentId, partitions) === partition && intentId > after)
    .filter((entry) => saysOf(entry).some((text) => text !== ""))
    .toSorted((a, b) => (a.intentId < b.intentId ? -1 : 1))
  const entries = rest.slice(0, limit).map((entry): RestingIntent => {
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
