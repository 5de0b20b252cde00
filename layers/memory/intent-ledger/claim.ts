import { claimableAnew, stateOf } from "../../../src/domain/intent.ts"
import type { Claim, ClaimAnswer } from "../../../src/outbound/intent-ledger.ts"
import { type Book, bury, entombed, fateOf, find } from "./book.ts"
import { type Entry, failureOf, noted, readsAs, recordOf } from "./entry.ts"

export const claim = (book: Book, asked: Claim, now: number): ClaimAnswer => {
  const fate = fateOf(book, asked.intentId, asked.token, now)
  if (fate === "released") return { _tag: "Released" }
  const entry = find(book, asked.intentId, now)
  if (entry === undefined) {
    return entombed(book, asked.intentId, now) ? { _tag: "Expired" } : begin(book, asked, now)
  }
  if (entry.content !== asked.content) return { _tag: "OtherContent", record: recordOf(entry, now) }
  if (readsAs(entry, now) === "claimed" && entry.token === asked.token) return claimed(entry, now)
  const fresh = fate === undefined && entry.token !== asked.token
  if (fresh && claimableAnew(stateOf(entry.facts), failureOf(entry))) return begin(book, asked, now, entry)
  return { _tag: "Held", record: recordOf(entry, now), now }
}

const claimed = (entry: Entry, now: number): ClaimAnswer => ({
  _tag: "Claimed",
  attempt: entry.attempt,
  record: recordOf(entry, now)
})

const begin = (book: Book, asked: Claim, now: number, previous?: Entry): ClaimAnswer => {
  const attempt = (previous?.attempt ?? 0) + 1
  if (previous !== undefined) bury(book, asked.intentId, previous.token, previous.attempt, now)
  const deadline = now + asked.callMillis
  const entry: Entry = {
    intentId: asked.intentId,
    meta: asked.meta,
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
  const written = noted(entry, now, attempt, "claimed")
  book.entries.set(asked.intentId, written)
  return claimed(written, now)
}
