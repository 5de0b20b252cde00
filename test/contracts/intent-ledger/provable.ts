import { assert } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { IntentLedger } from "../../../src/outbound/ledger/intent-ledger.ts"
import { accepted, claimed, contract, failure, messageId, newId, request, type Subject, unknown } from "./subject.ts"

const provable = Effect.gen(function* () {
  const ledger = yield* IntentLedger
  const { intents, complete } = yield* ledger.provable
  assert.isTrue(complete)
  for (const kept of intents) assert.strictEqual(kept.request, request)
  return intents.map(({ record }) => record.intentId).sort()
})

export const beingProvable = <R, E>(subject: Subject<R, E>) => {
  const test = contract(subject)

  test(
    "G20 the ledger lists as provable only intents in flight or in doubt that keep a request",
    Effect.gen(function* () {
      const ledger = yield* IntentLedger
      const ids = Array.from({ length: 6 }, newId)
      const [flying, doubted, sent, failed, waiting, kept] = ids
      if (kept === undefined || waiting === undefined || failed === undefined) return assert.fail("no ids")
      if (sent === undefined || doubted === undefined || flying === undefined) return assert.fail("no ids")
      for (const id of [flying, doubted, sent, failed]) yield* claimed(id, "token-1", { request })
      yield* claimed(kept)
      yield* accepted(waiting)
      yield* ledger.settle(doubted, 1, "token-1", { state: "in_doubt", failure: unknown })
      yield* ledger.settle(sent, 1, "token-1", { state: "sent", receipt: { messageId } })
      yield* ledger.settle(failed, 1, "token-1", { state: "failed", failure: failure() })
      assert.deepStrictEqual(yield* provable, [flying, doubted].sort())
      yield* claimed(waiting, "token-1", { accepted: true, request })
      assert.deepStrictEqual(yield* provable, [flying, doubted, waiting].sort())
      yield* ledger.evidence({ intentId: doubted, attempt: 1, status: "sent" })
      yield* ledger.evidence({ intentId: waiting, attempt: 1, status: "failed", failure: failure() })
      assert.deepStrictEqual(yield* provable, [flying])
    })
  )

  test(
    "G20 the ledger knows the intent of each receipt mark, from a settlement or from evidence",
    Effect.gen(function* () {
      const ledger = yield* IntentLedger
      const [called, seen] = [newId(), newId()]
      yield* claimed(called)
      yield* claimed(seen)
      assert.isUndefined(yield* ledger.receiptOf("mark-1"))
      yield* ledger.settle(called, 1, "token-1", { state: "sent", receipt: { messageId }, mark: "mark-1" })
      yield* ledger.evidence({ intentId: seen, attempt: 1, status: "sent", messageId, mark: "mark-2" })
      assert.strictEqual(yield* ledger.receiptOf("mark-1"), called)
      assert.strictEqual(yield* ledger.receiptOf("mark-2"), seen)
      assert.isUndefined(yield* ledger.receiptOf("mark-3"))
    })
  )

  test(
    "G20 the ledger lists every open intent without fingerprints, and those that only a read-back proves",
    Effect.gen(function* () {
      const ledger = yield* IntentLedger
      const plain = Array.from({ length: 450 }, newId)
      yield* Effect.forEach(plain, (id) => claimed(id, "token-1", { request }), { concurrency: 16 })
      const [found, back] = [newId(), newId()]
      yield* claimed(found, "token-1", { request, fingerprints: ["f-1"] })
      yield* claimed(back, "token-1", { request, fingerprints: ["f-2"], readBack: true })
      assert.deepStrictEqual(yield* provable, [...plain, back].sort())
      const { intents, complete } = yield* ledger.unindexed
      assert.isTrue(complete)
      assert.deepStrictEqual(intents.map(({ record }) => record.intentId).sort(), plain)
    })
  )
}
