import type { FailureReport } from "../../../src/domain/failure.ts"
import type { IntentId } from "../../../src/domain/ids.ts"
import { type IntentRecord, stateOf } from "../../../src/domain/intent.ts"
import type { RestingIntent } from "../../../src/outbound/intent-ledger.ts"
import { partitionOf } from "../../../src/partition/partitions.ts"
import { type Book, find, told, write } from "./book.ts"
import { noted } from "./entry.ts"

/** In the order of their ids; `after` is the last of the page before. */
export const resting = (
  book: Book,
  partitions: number,
  partition: number,
  limit: number,
  after: string
): { readonly entries: ReadonlyArray<RestingIntent>; readonly next?: string } => {
  const rest = [...book.entries.values()]
    .filter(({ intentId }) => partitionOf(intentId, partitions) === partition && intentId > after)
    .filter(({ request, receipt }) => request !== undefined || receipt !== undefined)
    .toSorted((a, b) => (a.intentId < b.intentId ? -1 : 1))
  const entries = rest.slice(0, limit).map(({ intentId, facts, meta, lane, request = "", receipt }): RestingIntent => {
    const { connector, account } = meta
    const says = `${request}\n${receipt === undefined ? "" : JSON.stringify(receipt)}`
    return { intentId, state: stateOf(facts), connector, account, lane, says }
  })
  const last = entries.at(-1)
  return last === undefined || rest.length <= limit ? { entries } : { entries, next: last.intentId }
}

export const forget = (
  book: Book,
  intentId: IntentId,
  failure: FailureReport,
  now: number
): IntentRecord | undefined => {
  const entry = find(book, intentId, now)
  if (entry === undefined) return undefined
  const { request: _request, receipt: _receipt, ...rest } = noted(entry, now, entry.attempt, "forgotten")
  const facts = { ...rest.facts, verdict: "failed" as const }
  const changed = stateOf(entry.facts) === "accepted" ? { ...rest, facts, ownFailure: failure } : rest
  return told(book, write(book, entry, changed, now), now)
}
