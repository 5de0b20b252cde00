import { assert } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type { IntentId } from "../../../src/domain/ids.ts"
import type { IntentState } from "../../../src/domain/intent.ts"
import { IntentLedger } from "../../../src/outbound/ledger/intent-ledger.ts"
import { accepted, claimed, claimOf, contract, failure, newId, passing, type Subject, unknown } from "./subject.ts"

const pages = Effect.fnUntraced(function* (state: IntentState, limit: number) {
  const ledger = yield* IntentLedger
  const seen: Array<ReadonlyArray<IntentId>> = []
  let cursor: string | undefined
  do {
    const page = yield* ledger.list(state, cursor === undefined ? { limit } : { limit, cursor })
    for (const intent of page.intents) assert.strictEqual(intent.state, state)
    seen.push(page.intents.map(({ intentId }) => intentId))
    cursor = page.next
  } while (cursor !== undefined)
  return seen
})

const sent = Effect.fnUntraced(function* (intentId: IntentId) {
  const ledger = yield* IntentLedger
  yield* claimed(intentId)
  yield* ledger.settle(intentId, 1, "token-1", { state: "sent", receipt: {} })
})

export const listing = <R, E>(subject: Subject<R, E>) => {
  const test = contract(subject)

  test(
    "the ledger lists one state over all partitions, newest first, page by page",
    Effect.gen(function* () {
      const ids = Array.from({ length: 25 }, newId)
      for (const id of ids) {
        yield* sent(id)
        yield* subject.elapse(2)
      }
      const seen = yield* pages("sent", 10)
      assert.deepStrictEqual(
        seen.map(({ length }) => length),
        [10, 10, 5]
      )
      assert.deepStrictEqual(seen.flat(), ids.toReversed())
    })
  )

  test(
    "pages neither lose nor repeat intents of one moment",
    Effect.gen(function* () {
      const ids = Array.from({ length: 40 }, newId)
      yield* Effect.forEach(ids, sent, { concurrency: "unbounded" })
      const seen = (yield* pages("sent", 3)).flat()
      assert.deepStrictEqual([...seen].sort(), ids)
    })
  )

  test(
    "the ledger lists an intent in its present state, and in no other",
    Effect.gen(function* () {
      const ledger = yield* IntentLedger
      const ids = {
        claimed: newId(),
        in_doubt: newId(),
        sent: newId(),
        failed: newId(),
        disputed: newId(),
        accepted: newId()
      }
      yield* accepted(ids.accepted)
      yield* claimed(ids.claimed)
      yield* claimed(ids.in_doubt)
      yield* ledger.settle(ids.in_doubt, 1, "token-1", { state: "in_doubt", failure: unknown })
      yield* claimed(ids.sent)
      yield* ledger.settle(ids.sent, 1, "token-1", { state: "failed", failure: passing })
      yield* claimed(ids.sent, "token-2")
      yield* ledger.evidence({ intentId: ids.sent, attempt: 2, status: "sent" })
      yield* claimed(ids.failed)
      yield* ledger.release(ids.failed, "token-1", passing)
      yield* claimed(ids.disputed)
      yield* ledger.settle(ids.disputed, 1, "token-1", { state: "failed", failure: failure() })
      yield* ledger.evidence({ intentId: ids.disputed, attempt: 1, status: "read" })
      for (const state of ["claimed", "in_doubt", "sent", "failed", "disputed", "accepted"] as const) {
        assert.deepStrictEqual(yield* pages(state, 10), [[ids[state]]])
      }
      assert.deepStrictEqual(yield* pages("expired", 10), [[]])
    })
  )

  test(
    "G15 the ledger lists claims past their deadline as doubts, and includes them in the oldest doubt",
    Effect.gen(function* () {
      const ledger = yield* IntentLedger
      assert.strictEqual(yield* ledger.oldestDoubt, 0)
      const [late, later, flying] = [newId(), newId(), newId()]
      yield* ledger.claim(claimOf(late, "token-1", { callMillis: 0 }))
      yield* subject.elapse(20)
      yield* claimed(later)
      yield* ledger.settle(later, 1, "token-1", { state: "in_doubt", failure: unknown })
      yield* claimed(flying)
      assert.isAtLeast(yield* ledger.oldestDoubt, 20)
      assert.deepStrictEqual(yield* pages("in_doubt", 1), [[later], [late]])
      assert.deepStrictEqual(yield* pages("claimed", 1), [[flying]])
      yield* ledger.evidence({ intentId: late, attempt: 1, status: "sent" })
      yield* ledger.evidence({ intentId: later, attempt: 1, status: "sent" })
      assert.strictEqual(yield* ledger.oldestDoubt, 0)
      assert.deepStrictEqual(yield* pages("in_doubt", 1), [[]])
    })
  )

  test(
    "G23 the ledger does not list expired intents",
    Effect.gen(function* () {
      yield* sent(newId())
      yield* subject.elapse(3)
      assert.deepStrictEqual(yield* pages("sent", 10), [[]])
    }),
    { intents: 1, tombstones: 60_000 }
  )

  test(
    "the ledger returns an empty page for an unreadable cursor",
    Effect.gen(function* () {
      const ledger = yield* IntentLedger
      yield* sent(newId())
      assert.deepStrictEqual(yield* ledger.list("sent", { limit: 10, cursor: "a.b" }), { intents: [] })
    })
  )
}
