import { assert } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { IntentLedger } from "../../../src/outbound/ledger/intent-ledger.ts"
import { claimed, claimOf, contract, messageId, newId, passing, recordOf, steps, type Subject } from "./subject.ts"

export const releasing = <R, E>(subject: Subject<R, E>) => {
  const test = contract(subject)

  test(
    "G7 a released claim is failed and its token rejected, and another token may claim the key",
    Effect.gen(function* () {
      const ledger = yield* IntentLedger
      const id = newId()
      yield* claimed(id)
      yield* ledger.release(id, "token-1", passing)
      const record = yield* recordOf(id)
      assert.strictEqual(record.state, "failed")
      assert.deepStrictEqual(record.failure, passing)
      assert.deepStrictEqual(yield* ledger.claim(claimOf(id)), { _tag: "Released" })
      assert.strictEqual((yield* claimed(id, "token-2")).attempt, 2)
      assert.deepStrictEqual(yield* ledger.claim(claimOf(id)), { _tag: "Released" })
    })
  )

  test(
    "G7 a delayed claim does not win after the release of its token",
    Effect.gen(function* () {
      const ledger = yield* IntentLedger
      const id = newId()
      yield* ledger.release(id, "token-1", passing)
      assert.isUndefined(yield* ledger.get(id))
      assert.deepStrictEqual(yield* ledger.claim(claimOf(id)), { _tag: "Released" })
      assert.isUndefined(yield* ledger.get(id))
      assert.strictEqual((yield* claimed(id, "token-2")).attempt, 1)
    })
  )

  test(
    "G7 a second release of a claim changes nothing",
    Effect.gen(function* () {
      const ledger = yield* IntentLedger
      const id = newId()
      yield* claimed(id)
      yield* ledger.release(id, "token-1", passing)
      const once = yield* recordOf(id)
      yield* ledger.release(id, "token-1", passing)
      assert.deepStrictEqual(yield* recordOf(id), once)
      assert.deepStrictEqual(steps(once), ["1 claimed", "1 released"])
    })
  )

  test(
    "a release of a settled token changes nothing",
    Effect.gen(function* () {
      const ledger = yield* IntentLedger
      const id = newId()
      yield* claimed(id)
      const sent = yield* ledger.settle(id, 1, "token-1", { state: "sent", receipt: { messageId } })
      yield* ledger.release(id, "token-1", passing)
      assert.deepStrictEqual(yield* recordOf(id), sent)
    })
  )

  test(
    "a release with another token leaves the claim in place",
    Effect.gen(function* () {
      const ledger = yield* IntentLedger
      const id = newId()
      const { record } = yield* claimed(id)
      yield* ledger.release(id, "token-2", passing)
      assert.deepStrictEqual(yield* recordOf(id), record)
      assert.deepStrictEqual(yield* ledger.claim(claimOf(id, "token-2")), { _tag: "Released" })
    })
  )

  test(
    "G15 the own token of a claim past its deadline still releases it",
    Effect.gen(function* () {
      const ledger = yield* IntentLedger
      const id = newId()
      yield* ledger.claim(claimOf(id, "token-1", { callMillis: 0 }))
      yield* ledger.release(id, "token-1", passing)
      assert.strictEqual((yield* recordOf(id)).state, "failed")
    })
  )

  test(
    "a release after evidence of success is disputed, and no token claims the intent again",
    Effect.gen(function* () {
      const ledger = yield* IntentLedger
      const id = newId()
      yield* claimed(id)
      yield* ledger.evidence({ intentId: id, attempt: 1, status: "delivered" })
      yield* ledger.release(id, "token-1", passing)
      assert.strictEqual((yield* recordOf(id)).state, "disputed")
      assert.strictEqual((yield* ledger.claim(claimOf(id, "token-2")))._tag, "Held")
    })
  )
}
