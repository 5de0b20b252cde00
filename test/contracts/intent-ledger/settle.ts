import { assert } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { IntentLedger, type Settlement } from "../../../src/outbound/intent-ledger.ts"
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
  { state: "in_doubt", failure: unknown }
]

export const settling = <R, E>(subject: Subject<R, E>) => {
  const test = contract(subject)

  for (const settlement of settlements) {
    test(
      `a claim settles as ${JSON.stringify(settlement)}, and the same again answers the same`,
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
    "G16 another token or attempt settles nothing, and nothing is settled that is not there",
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
    "G15 the deadline is only a label: the claim's own end is written after it too",
    Effect.gen(function* () {
      const ledger = yield* IntentLedger
      const id = newId()
      yield* ledger.claim(claimOf(id, "token-1", { callMillis: 0 }))
      const settled = yield* ledger.settle(id, 1, "token-1", { state: "sent", receipt: { messageId } })
      assert.strictEqual(settled?.state, "sent")
    })
  )

  test(
    "G16 an attempt that has settled is told how the intent stands after another attempt began; one given back is not",
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
    "a first verdict stands, but that it was sent after all is a proof",
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
