import { assert } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { IntentLedger } from "../../../src/outbound/ledger/intent-ledger.ts"
import {
  claimed,
  claimOf,
  contract,
  failure,
  messageId,
  newId,
  passing,
  recordOf,
  type Subject,
  unknown
} from "./subject.ts"

const minute = 60_000

export const retaining = <R, E>(subject: Subject<R, E>) => {
  const test = contract(subject)

  test(
    "G23 a tombstone answers `Expired` after the retention, to reads, claims and evidence",
    Effect.gen(function* () {
      const ledger = yield* IntentLedger
      const [sent, failed] = [newId(), newId()]
      yield* claimed(sent)
      yield* ledger.settle(sent, 1, "token-1", { state: "sent", receipt: { messageId } })
      yield* claimed(failed)
      yield* ledger.release(failed, "token-1", passing)
      yield* subject.elapse(2)
      for (const intentId of [sent, failed]) {
        assert.strictEqual(yield* ledger.get(intentId), "expired")
        assert.deepStrictEqual(yield* ledger.claim(claimOf(intentId, "token-2")), { _tag: "Expired" })
        assert.isUndefined(yield* ledger.sameContent(intentId, "mac-of-content"))
        assert.isUndefined(yield* ledger.settle(intentId, 1, "token-1", { state: "failed", failure: failure() }))
        const result = yield* ledger.evidence({ intentId, attempt: 1, status: "read" })
        assert.deepStrictEqual(result, { _tag: "NoEvidence", reason: "unknown" })
      }
    }),
    { intents: 1, tombstones: minute }
  )

  test(
    "G23 a tombstone outlives its record and expires too",
    Effect.gen(function* () {
      const ledger = yield* IntentLedger
      const intentId = newId()
      yield* claimed(intentId)
      yield* ledger.settle(intentId, 1, "token-1", { state: "sent", receipt: {} })
      yield* subject.elapse(3)
      assert.isUndefined(yield* ledger.get(intentId))
      assert.strictEqual((yield* claimed(intentId, "token-2")).attempt, 1)
    }),
    { intents: 1, tombstones: 2 }
  )

  test(
    "G23 an open record does not expire, and a doubt that ends starts its retention",
    Effect.gen(function* () {
      const ledger = yield* IntentLedger
      const open = { flying: newId(), late: newId(), doubted: newId(), disputed: newId(), again: newId() }
      const ended = newId()
      yield* claimed(open.flying)
      yield* ledger.claim(claimOf(open.late, "token-1", { callMillis: 0 }))
      for (const id of [open.doubted, ended]) {
        yield* claimed(id)
        yield* ledger.settle(id, 1, "token-1", { state: "in_doubt", failure: unknown })
      }
      yield* ledger.evidence({ intentId: ended, attempt: 1, status: "sent" })
      yield* claimed(open.disputed)
      yield* ledger.evidence({ intentId: open.disputed, attempt: 1, status: "read" })
      yield* ledger.settle(open.disputed, 1, "token-1", { state: "failed", failure: failure() })
      yield* claimed(open.again)
      yield* ledger.settle(open.again, 1, "token-1", { state: "failed", failure: passing })
      yield* claimed(open.again, "token-2")
      yield* subject.elapse(505)
      const records = yield* Effect.forEach(Object.values(open), recordOf)
      const states = records.map(({ state }) => state)
      assert.deepStrictEqual(states, ["claimed", "in_doubt", "in_doubt", "disputed", "claimed"])
      assert.strictEqual(yield* ledger.get(ended), "expired")
    }),
    { intents: 500, tombstones: minute }
  )
}
