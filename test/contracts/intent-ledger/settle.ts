import { assert } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { IntentLedger, type Settlement } from "../../../src/outbound/ledger/intent-ledger.ts"
import {
  claimed,
  claimOf,
  contract,
  failure,
  messageId,
  newId,
  passing,
  recordOf,
  steps,
  type Subject,
  unknown
} from "./subject.ts"

const settlements: ReadonlyArray<Settlement> = [
  { state: "sent", receipt: { messageId } },
  { state: "sent", receipt: {} },
  { state: "failed", failure: failure() },
  { state: "in_doubt", failure: unknown },
  { state: "accepted", failure: passing }
]

export const settling = <R, E>(subject: Subject<R, E>) => {
  const test = contract(subject)

  for (const settlement of settlements) {
    test(
      `a settlement with the claimed record returns the stored record for ${JSON.stringify(settlement)}`,
      Effect.gen(function* () {
        const ledger = yield* IntentLedger
        const [alone, seen, again] = [newId(), newId(), newId()]
        for (const id of [alone, seen, again]) {
          const { record } = yield* claimed(id)
          if (id === seen) yield* ledger.evidence({ intentId: id, attempt: 1, status: "delivered", messageId })
          const stored = yield* ledger.settle(id, 1, "token-1", settlement, record)
          assert.deepStrictEqual(stored, yield* recordOf(id))
          if (id !== again) continue
          assert.deepStrictEqual(yield* ledger.settle(id, 1, "token-1", settlement, record), stored)
        }
      })
    )

    if (settlement.state === "accepted") continue
    test(
      `a claim settles as ${JSON.stringify(settlement)}, and a repeated settlement returns the same record`,
      Effect.gen(function* () {
        const ledger = yield* IntentLedger
        const id = newId()
        const { record } = yield* claimed(id)
        const settled = yield* ledger.settle(id, 1, "token-1", settlement)
        if (settled === undefined) return assert.fail("not ours")
        const { settledAt, timeline, ...rest } = settled
        const { timeline: _, ...before } = record
        assert.deepStrictEqual(rest, { ...before, ...settlement })
        assert.isAtLeast(settledAt ?? 0, record.createdAt)
        assert.strictEqual(timeline.length, 2)
        assert.deepStrictEqual(steps(settled), ["1 claimed", `1 ${settlement.state}`])
        assert.deepStrictEqual(yield* ledger.settle(id, 1, "token-1", settlement), settled)
        assert.deepStrictEqual(yield* recordOf(id), settled)
      })
    )
  }

  test(
    "a settlement of a later claim returns the stored record with the whole timeline",
    Effect.gen(function* () {
      const ledger = yield* IntentLedger
      const id = newId()
      const { record: first } = yield* claimed(id)
      yield* ledger.settle(id, 1, "token-1", { state: "failed", failure: passing }, first)
      const { record } = yield* claimed(id, "token-2")
      const stored = yield* ledger.settle(id, 2, "token-2", { state: "sent", receipt: { messageId } }, record)
      assert.deepStrictEqual(steps(stored ?? first), ["1 claimed", "1 failed", "2 claimed", "2 sent"])
      assert.deepStrictEqual(stored, yield* recordOf(id))
      const late = yield* ledger.settle(id, 1, "token-1", { state: "sent", receipt: { messageId } }, first)
      assert.deepStrictEqual(late, yield* recordOf(id))
    })
  )

  test(
    "G16 a settlement with another token or attempt, or of an unknown intent, changes nothing",
    Effect.gen(function* () {
      const ledger = yield* IntentLedger
      const id = newId()
      const { record } = yield* claimed(id)
      const sent: Settlement = { state: "sent", receipt: { messageId } }
      assert.isUndefined(yield* ledger.settle(id, 1, "token-2", sent))
      assert.isUndefined(yield* ledger.settle(id, 2, "token-1", sent))
      assert.isUndefined(yield* ledger.settle(newId(), 1, "token-1", sent))
      assert.deepStrictEqual(yield* recordOf(id), record)
    })
  )

  test(
    "G15 a claim past its deadline still settles with its own token",
    Effect.gen(function* () {
      const ledger = yield* IntentLedger
      const id = newId()
      yield* ledger.claim(claimOf(id, "token-1", { callMillis: 0 }))
      const settled = yield* ledger.settle(id, 1, "token-1", { state: "sent", receipt: { messageId } })
      assert.strictEqual(settled?.state, "sent")
    })
  )

  test(
    "G16 a repeated settlement returns the record of the next attempt; a settlement after a release returns nothing",
    Effect.gen(function* () {
      const ledger = yield* IntentLedger
      const id = newId()
      yield* claimed(id)
      yield* ledger.settle(id, 1, "token-1", { state: "failed", failure: passing })
      const { record } = yield* claimed(id, "token-2")
      assert.deepStrictEqual(yield* ledger.settle(id, 1, "token-1", { state: "failed", failure: passing }), record)
      yield* ledger.release(id, "token-2", passing)
      yield* claimed(id, "token-3")
      assert.isUndefined(yield* ledger.settle(id, 2, "token-2", { state: "failed", failure: passing }))
    })
  )

  test(
    "a late settlement as sent disputes a failure, ends a doubt and leaves a sent intent unchanged",
    Effect.gen(function* () {
      const ledger = yield* IntentLedger
      const [failed, doubted, sent] = [newId(), newId(), newId()]
      for (const id of [failed, doubted, sent]) yield* claimed(id)
      yield* ledger.settle(failed, 1, "token-1", { state: "failed", failure: passing })
      yield* ledger.settle(doubted, 1, "token-1", { state: "in_doubt", failure: unknown })
      yield* ledger.settle(sent, 1, "token-1", { state: "sent", receipt: { messageId } })
      const late: Settlement = { state: "sent", receipt: { messageId } }
      assert.strictEqual((yield* ledger.settle(failed, 1, "token-1", late))?.state, "disputed")
      assert.strictEqual((yield* ledger.settle(doubted, 1, "token-1", late))?.state, "sent")
      for (const state of ["failed", "in_doubt"] as const) {
        const kept = yield* ledger.settle(sent, 1, "token-1", { state, failure: passing })
        assert.strictEqual(kept?.state, "sent")
        assert.isUndefined(kept?.failure)
      }
    })
  )

  test(
    "G23 a timeline keeps the last 64 steps",
    Effect.gen(function* () {
      const ledger = yield* IntentLedger
      const id = newId()
      for (let attempt = 1; attempt <= 40; attempt++) {
        yield* claimed(id, `token-${attempt}`)
        yield* ledger.settle(id, attempt, `token-${attempt}`, { state: "failed", failure: passing })
      }
      const seen = steps(yield* recordOf(id))
      assert.strictEqual(seen.length, 64)
      assert.strictEqual(seen[0], "9 claimed")
      assert.strictEqual(seen.at(-1), "40 failed")
    })
  )
}
