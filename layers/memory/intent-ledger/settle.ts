import type { FailureReport } from "../../../src/domain/failure.ts"
import type { IntentId } from "../../../src/domain/ids.ts"
import type { IntentRecord } from "../../../src/domain/intent.ts"
import { resolvedFailure } from "../../../src/outbound/doubt/resolve.ts"
import {
  notSentMargin,
  type Resolution,
  type ResolveAnswer,
  type Settlement
} from "../../../src/outbound/ledger/intent-ledger.ts"
import { type Book, bury, fateOf, find, markReceipt, told, writeEntry } from "./book.ts"
import { type LedgerEntry, noted, readsAs } from "./entry.ts"

export const settleIntent = (
  book: Book,
  intentId: IntentId,
  attempt: number,
  token: string,
  settlement: Settlement,
  now: number
): IntentRecord | undefined => {
  const entry = find(book, intentId, now)
  if (entry === undefined) return undefined
  if (settlement.state === "sent") markReceipt(book, entry, settlement.mark, now)
  if (entry.attempt !== attempt || entry.token !== token) {
    if (fateOf(book, intentId, token, now) !== attempt) return undefined
    return told(book, settlement.state === "sent" ? contradict(book, entry, attempt, now) : entry, now)
  }
  const { verdict } = entry.facts
  if (verdict === undefined) {
    const judged = noted(judge(entry, settlement), now, attempt, settlement.state)
    return told(book, writeEntry(book, entry, judged, now), now)
  }
  if (settlement.state === "sent" && verdict !== "sent" && !entry.facts.proven) {
    const proven = { ...noted(entry, now, attempt, "sent"), facts: { ...entry.facts, proven: true } }
    return told(book, writeEntry(book, entry, { ...proven, ...receiptOf(entry, settlement) }, now), now)
  }
  if (settlement.state === "sent" && entry.facts.judged === true && entry.receipt?.messageId === undefined) {
    const { messageId } = settlement.receipt
    if (messageId === undefined) return told(book, entry, now)
    return told(
      book,
      writeEntry(book, entry, { ...noted(entry, now, attempt, "sent"), receipt: { messageId } }, now),
      now
    )
  }
  const denied = settlement.state === "failed" || settlement.state === "accepted"
  return told(book, denied ? deny(book, entry, settlement.state, now) : entry, now)
}

/** Records that an earlier attempt, which had been settled as a failure, was sent. */
const contradict = (book: Book, entry: LedgerEntry, attempt: number, now: number): LedgerEntry =>
  entry.facts.contradicted === true
    ? entry
    : writeEntry(
        book,
        entry,
        { ...noted(entry, now, attempt, "sent"), facts: { ...entry.facts, contradicted: true } },
        now
      )

/** Records that the intent's own call did nothing, although an operator's verdict says that it was sent. */
const deny = (book: Book, entry: LedgerEntry, what: string, now: number): LedgerEntry => {
  const { facts } = entry
  if (facts.judged !== true || facts.verdict !== "sent" || facts.refused) return entry
  return writeEntry(book, entry, { ...noted(entry, now, entry.attempt, what), facts: { ...facts, refused: true } }, now)
}

/**
 * Releases a claim. Changes no intent when the token has settled or holds nothing. Buries the token where it might
 * still claim (G7).
 */
export const releaseIntent = (
  book: Book,
  intentId: IntentId,
  token: string,
  failure: FailureReport,
  now: number
): void => {
  const entry = find(book, intentId, now)
  if (entry?.token === token) {
    if (entry.facts.verdict !== undefined) return void deny(book, entry, "released", now)
    const state = entry.lane === undefined ? "failed" : "accepted"
    const released = noted(judge(entry, { state, failure }), now, entry.attempt, "released")
    writeEntry(book, entry, released, now)
  }
  bury(book, intentId, token, "released", now)
}

const judge = (entry: LedgerEntry, settlement: Settlement): LedgerEntry => {
  const facts = { ...entry.facts, verdict: settlement.state }
  if (settlement.state === "sent") return { ...entry, facts, ...receiptOf(entry, settlement) }
  return { ...entry, facts, ownFailure: settlement.failure }
}

const receiptOf = (
  entry: LedgerEntry,
  { receipt }: Extract<Settlement, { state: "sent" }>
): Pick<LedgerEntry, "receipt"> => ({
  receipt: receipt.messageId === undefined ? (entry.receipt ?? receipt) : receipt
})

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
