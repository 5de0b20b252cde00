import { claimableAnew, stateOf } from "../../../src/domain/intent.ts"
import type { Claim, ClaimAnswer, PeekAnswer } from "../../../src/outbound/ledger/intent-ledger.ts"
import { type Book, bury, entombed, fateOf, find, told } from "./book.ts"
import { leaveFingerprints } from "./evidence.ts"
import { type LedgerEntry, failureOf, noted, readsAs } from "./entry.ts"

export const claimIntent = (book: Book, asked: Claim, now: number): ClaimAnswer => {
  const fate = fateOf(book, asked.intentId, asked.token, now)
  if (fate === "released") return { _tag: "Released" }
  const entry = find(book, asked.intentId, now)
  if (entry === undefined) {
    const gone = entombed(book, asked.intentId, now) || asked.accepted === true
    return gone ? { _tag: "Expired" } : begin(book, asked, now)
  }
  if (entry.content !== asked.content) return { _tag: "OtherContent", record: told(book, entry, now) }
  if (readsAs(entry, now) === "claimed" && entry.token === asked.token) return claimed(book, entry, now)
  const fresh = fate === undefined && entry.token !== asked.token
  if (fresh && mayClaim(asked, entry)) return begin(book, asked, now, entry)
  return { _tag: "Held", record: told(book, entry, now), now }
}

/** Returns the answer that a claim would get. */
export const peek = (book: Book, intentId: string, content: string, now: number): PeekAnswer => {
  const entry = find(book, intentId, now)
  if (entry === undefined) return { _tag: entombed(book, intentId, now) ? "Expired" : "Free" }
  const record = told(book, entry, now)
  if (entry.content !== content) return { _tag: "OtherContent", record }
  return claimableAnew(record.state, record.failure) ? { _tag: "Free", record } : { _tag: "Held", record, now }
}

const mayClaim = (asked: Claim, entry: LedgerEntry): boolean => {
  const state = stateOf(entry.facts)
  return asked.accepted === true ? state === "accepted" : claimableAnew(state, failureOf(entry))
}

const claimed = (book: Book, entry: LedgerEntry, now: number): ClaimAnswer => ({
  _tag: "Claimed",
  attempt: entry.attempt,
  record: told(book, entry, now)
})

const begin = (book: Book, asked: Claim, now: number, previous?: LedgerEntry): ClaimAnswer => {
  const attempt = (previous?.attempt ?? 0) + 1
  if (previous !== undefined) bury(book, asked.intentId, previous.token, previous.attempt, now)
  const deadline = now + asked.callMillis
  const ofAcceptance = asked.accepted === true ? acceptanceOf(previous) : {}
  const entry: LedgerEntry = {
    intentId: asked.intentId,
    meta: asked.meta,
    ...ofAcceptance,
    ...(asked.request === undefined ? {} : { request: asked.request, provable: true }),
    ...(asked.fingerprints === undefined ? {} : { indexed: true }),
    ...(asked.readBack === undefined ? {} : { readBack: true }),
    content: asked.content,
    token: asked.token,
    attempt,
    createdAt: previous?.createdAt ?? now,
    claimedAt: now,
    deadline,
    facts: { proven: false, refused: false },
    since: deadline,
    timeline: previous?.timeline ?? []
  }
  leaveFingerprints(book, asked, attempt, now)
  if (asked.request !== undefined && asked.fingerprints === undefined) book.unindexed.add(asked.intentId)
  const written = noted(entry, now, attempt, "claimed")
  book.entries.set(asked.intentId, written)
  return claimed(book, written, now)
}

const acceptanceOf = (entry: LedgerEntry | undefined): Pick<LedgerEntry, "acceptedAt" | "lane" | "request"> => ({
  ...(entry?.acceptedAt === undefined ? {} : { acceptedAt: entry.acceptedAt }),
  ...(entry?.lane === undefined ? {} : { lane: entry.lane }),
  ...(entry?.request === undefined ? {} : { request: entry.request })
})
