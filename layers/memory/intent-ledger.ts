import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { defaultRetention, IntentLedger, type Retention } from "../../src/outbound/intent-ledger.ts"
import { type Book, emptyBook, entombed, find } from "./intent-ledger/book.ts"
import { claim } from "./intent-ledger/claim.ts"
import { recordOf } from "./intent-ledger/entry.ts"
import { evidence } from "./intent-ledger/evidence.ts"
import { list, oldestDoubt } from "./intent-ledger/list.ts"
import { release, settle } from "./intent-ledger/settle.ts"

const get = (book: Book, intentId: string, now: number) => {
  const entry = find(book, intentId, now)
  if (entry !== undefined) return recordOf(entry, now)
  return entombed(book, intentId, now) ? ("expired" as const) : undefined
}

/** For `local` and for tests: as strict as a store, gone with the process. Its time is the Clock's. */
export const layer = (retention: Partial<Retention> = {}): Layer.Layer<IntentLedger> =>
  Layer.sync(IntentLedger, () => {
    const book = emptyBook({ ...defaultRetention, ...retention })
    const at = <A>(step: (now: number) => A) => Effect.map(Clock.currentTimeMillis, step)
    return IntentLedger.of({
      claim: (asked) => at((now) => claim(book, asked, now)),
      release: (intentId, token, failure) => at((now) => release(book, intentId, token, failure, now)),
      settle: (intentId, attempt, token, settlement) =>
        at((now) => settle(book, intentId, attempt, token, settlement, now)),
      evidence: (late) => at((now) => evidence(book, late, now)),
      get: (intentId) => at((now) => get(book, intentId, now)),
      sameContent: (intentId, content) =>
        at((now) => {
          const entry = find(book, intentId, now)
          return entry === undefined ? undefined : entry.content === content
        }),
      list: (state, page) => at((now) => list(book, state, page, now)),
      oldestDoubt: at((now) => oldestDoubt(book, now))
    })
  })
