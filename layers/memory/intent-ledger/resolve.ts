import { notSentMargin, type ResolveAnswer, type Resolution } from "../../../src/outbound/ledger/intent-ledger.ts"
import { resolvedFailure } from "../../../src/outbound/doubt/resolve.ts"
import { type Book, find, told, writeEntry } from "./book.ts"
import { type LedgerEntry, noted, readsAs } from "./entry.ts"

export const resolveIntent = (book: Book, asked: Resolution, now: number): ResolveAnswer | undefined => {
  const entry = find(book, asked.intentId, now)
  if (entry === undefined) return undefined
  const before = readsAs(entry, now)
  const record = told(book, entry, now)
  if (before !== "in_doubt" && before !== "disputed") return { _tag: "NotOpen", record }
  if (asked.attempt !== undefined && asked.attempt !== entry.attempt) return { _tag: "NotOpen", record }
  const until = (entry.deadline ?? 0) + notSentMargin
  if (asked.verdict === "not_sent" && now < until) return { _tag: "TooEarly", record, now, until }
  const { ownFailure: _own, reportedFailure: _reported, ...rest } = entry
  const judged: LedgerEntry = {
    ...noted(rest, now, entry.attempt, `resolved:${asked.verdict}`),
    facts: { verdict: asked.verdict === "sent" ? "sent" : "failed", proven: false, refused: false, judged: true },
    ...(asked.verdict === "sent" ? {} : { ownFailure: resolvedFailure(before) })
  }
  return { _tag: "Resolved", before, record: told(book, writeEntry(book, entry, judged, now), now) }
}
