import { claimableAnew, stateOf } from "../../../src/domain/intent.ts"
import type { FailureReport } from "../../../src/domain/failure.ts"
import type { IntentId } from "../../../src/domain/ids.ts"
import type { IntentRecord } from "../../../src/domain/intent.ts"
import {
  type AcceptAnswer,
  type Acceptance,
  newestFirst,
  type Cursor,
  type Waiting
} from "../../../src/outbound/ledger/intent-ledger.ts"
import { partitionOf } from "../../../src/partition/partitions.ts"
import { type Book, bury, entombed, find, told, writeEntry } from "./book.ts"
import { type LedgerEntry, failureOf, noted } from "./entry.ts"

export const acceptIntent = (book: Book, asked: Acceptance, now: number): AcceptAnswer => {
  const entry = find(book, asked.intentId, now)
  if (entry === undefined) {
    return entombed(book, asked.intentId, now) ? { _tag: "Expired" } : begin(book, asked, now)
  }
  if (entry.content !== asked.content) return { _tag: "OtherContent", record: told(book, entry, now) }
  const state = stateOf(entry.facts)
  if (state === "accepted" && entry.token === asked.token) return { _tag: "Accepted", record: told(book, entry, now) }
  if (entry.token !== asked.token && claimableAnew(state, failureOf(entry))) return begin(book, asked, now, entry)
  return { _tag: "Held", record: told(book, entry, now), now }
}

const begin = (book: Book, asked: Acceptance, now: number, previous?: LedgerEntry): AcceptAnswer => {
  if (previous !== undefined) bury(book, asked.intentId, previous.token, previous.attempt, now)
  const entry: LedgerEntry = {
    intentId: asked.intentId,
    meta: asked.meta,
    content: asked.content,
    token: asked.token,
    attempt: previous?.attempt ?? 0,
    createdAt: previous?.createdAt ?? now,
    acceptedAt: now,
    lane: asked.lane,
    request: asked.request,
    facts: { verdict: "accepted", proven: false, refused: false },
    since: now,
    timeline: previous?.timeline ?? []
  }
  const written = noted(entry, now, entry.attempt, "accepted")
  book.entries.set(asked.intentId, written)
  return { _tag: "Accepted", record: told(book, written, now) }
}

export const abandonIntent = (
  book: Book,
  intentId: IntentId,
  failure: FailureReport,
  now: number
): IntentRecord | undefined => {
  const entry = find(book, intentId, now)
  if (entry === undefined || stateOf(entry.facts) !== "accepted") return undefined
  const facts = { ...entry.facts, verdict: "failed" as const }
  const abandoned = { ...noted(entry, now, entry.attempt, "abandoned"), facts, ownFailure: failure }
  return told(book, writeEntry(book, entry, abandoned, now), now)
}

/**
 * Returns the accepted intents of a partition, oldest first, after a position. `partitions`: number of partitions of
 * the store.
 */
export const waiting = (
  book: Book,
  partitions: number,
  partition: number,
  after: Cursor | undefined,
  limit: number
): ReadonlyArray<Waiting> =>
  [...book.entries.values()]
    .flatMap(({ intentId, lane, acceptedAt, facts }) =>
      lane !== undefined && acceptedAt !== undefined && stateOf(facts) === "accepted"
        ? [{ intentId, lane, acceptedAt, at: acceptedAt }]
        : []
    )
    .filter(({ intentId }) => partitionOf(intentId, partitions) === partition)
    .sort((a, b) => newestFirst(b, a))
    .filter((one) => after === undefined || newestFirst(one, after) < 0)
    .slice(0, limit)
    .map(({ intentId, lane, acceptedAt }) => ({ intentId, lane, acceptedAt }))
