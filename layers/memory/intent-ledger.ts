import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { defaultRetention, IntentLedger, type IntentRetention } from "../../src/outbound/ledger/intent-ledger.ts"
import { Deployment } from "../../src/deployment/deployment.ts"
import { abandonIntent, acceptIntent, waiting } from "./intent-ledger/accept.ts"
import { type Book, emptyBook, entombed, find, receiptOf, told } from "./intent-ledger/book.ts"
import { claimIntent, peek } from "./intent-ledger/claim.ts"
import { applyEvidence, findByFingerprint, removeFingerprints } from "./intent-ledger/evidence.ts"
import {
  eraseIntents,
  list,
  oldestAccepted,
  oldestDoubt,
  provable,
  storedIntents,
  unindexed
} from "./intent-ledger/list-erase.ts"
import { releaseIntent, resolveIntent, settleIntent } from "./intent-ledger/settle.ts"

const get = (book: Book, intentId: string, now: number) => {
  const entry = find(book, intentId, now)
  if (entry !== undefined) return told(book, entry, now)
  return entombed(book, intentId, now) ? ("expired" as const) : undefined
}

const keptOf = (book: Book, intentId: string, now: number) => {
  const entry = find(book, intentId, now)
  if (entry === undefined) return entombed(book, intentId, now) ? ("expired" as const) : undefined
  const { lane, request } = entry
  const beside = { ...(lane === undefined ? {} : { lane }), ...(request === undefined ? {} : { request }) }
  return { record: told(book, entry, now), now, ...beside }
}

/** Ledger for `local` and for tests: as strict as a store, lost with the process. Time is the Clock's. */
export const layer = (retention: Partial<IntentRetention> = {}): Layer.Layer<IntentLedger, never, Deployment> =>
  Layer.effect(
    IntentLedger,
    Effect.map(Deployment, ({ partitions }) => {
      const book = emptyBook({ ...defaultRetention, ...retention })
      const at = <A>(step: (now: number) => A) => Effect.map(Clock.currentTimeMillis, step)
      return IntentLedger.of({
        peek: (intentId, content) => at((now) => peek(book, intentId, content, now)),
        claim: (asked) => at((now) => claimIntent(book, asked, now)),
        release: (intentId, token, failure) => at((now) => releaseIntent(book, intentId, token, failure, now)),
        settle: (intentId, attempt, token, settlement) =>
          at((now) => settleIntent(book, intentId, attempt, token, settlement, now)),
        accept: (asked) => at((now) => acceptIntent(book, asked, now)),
        abandon: (intentId, failure) => at((now) => abandonIntent(book, intentId, failure, now)),
        waiting: (partition, after, limit) => Effect.sync(() => waiting(book, partitions, partition, after, limit)),
        stored: (partition, limit, after = "") =>
          Effect.sync(() => storedIntents(book, partitions, partition, limit, after)),
        forget: (intentId, failure) => at((now) => eraseIntents(book, intentId, failure, now)),
        kept: (intentId) => at((now) => keptOf(book, intentId, now)),
        provable: at((now) => provable(book, now)),
        unindexed: at((now) => unindexed(book, now)),
        findByFingerprint: (search) => at((now) => findByFingerprint(book, search, now)),
        removeFingerprints: (attempts) => Effect.sync(() => removeFingerprints(book, attempts)),
        receiptOf: (mark) => at((now) => receiptOf(book, mark, now)),
        resolve: (resolution) =>
          at(
            (now) =>
              resolveIntent(book, resolution, now) ??
              (entombed(book, resolution.intentId, now) ? ("expired" as const) : undefined)
          ),
        evidence: (late) => at((now) => applyEvidence(book, late, now)),
        get: (intentId) => at((now) => get(book, intentId, now)),
        sameContent: (intentId, content) =>
          at((now) => {
            const entry = find(book, intentId, now)
            return entry === undefined ? undefined : entry.content === content
          }),
        list: (state, page) => at((now) => list(book, state, page, now)),
        tidy: () => Effect.succeed(0),
        archive: () => Effect.succeed(0),
        oldestDoubt: at((now) => oldestDoubt(book, now)),
        oldestAccepted: at((now) => oldestAccepted(book, now))
      })
    })
  )
