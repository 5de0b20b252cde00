import { assert } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type { IntentId } from "../../../src/domain/ids.ts"
import type { Verdict } from "../../../src/domain/intent.ts"
import { IntentLedger, notSentMargin } from "../../../src/outbound/ledger/intent-ledger.ts"
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

/** A claim whose call must have ended so long ago that none can be under way. */
const longAgo = { callMillis: -notSentMargin }

const doubted = Effect.fnUntraced(function* (intentId: IntentId, token = "token-1") {
  const ledger = yield* IntentLedger
  yield* ledger.claim(claimOf(intentId, token, longAgo))
  const { attempt } = yield* recordOf(intentId)
  yield* ledger.settle(intentId, attempt, token, { state: "in_doubt", failure: unknown })
})

const resolved = Effect.fnUntraced(function* (intentId: IntentId, verdict: Verdict) {
  const ledger = yield* IntentLedger
  const answer = yield* ledger.resolve({ intentId, verdict })
  if (answer === undefined || answer === "expired" || answer._tag !== "Resolved") {
    return yield* Effect.die(new Error("expected a resolution"))
  }
  return answer
})

export const resolving = <R, E>(subject: Subject<R, E>) => {
  const test = contract(subject)

  test(
    "G26 the verdict `sent` ends a doubt as sent, and no token claims it again",
    Effect.gen(function* () {
      const ledger = yield* IntentLedger
      const [settledDoubt, overdue] = [newId(), newId()]
      yield* doubted(settledDoubt)
      yield* ledger.claim(claimOf(overdue, "token-1", { callMillis: 0 }))
      for (const id of [settledDoubt, overdue]) {
        const { before, record } = yield* resolved(id, "sent")
        assert.strictEqual(before, "in_doubt")
        assert.strictEqual(record.state, "sent")
        assert.isUndefined(record.failure)
        assert.isDefined(record.settledAt)
        assert.strictEqual(steps(record).at(-1), "1 resolved:sent")
        assert.strictEqual((yield* ledger.claim(claimOf(id, "token-2")))._tag, "Held")
        assert.deepStrictEqual(yield* recordOf(id), record)
      }
    })
  )

  test(
    "G26 the verdict `not_sent` ends a doubt as failed, and another token may claim the key",
    Effect.gen(function* () {
      const ledger = yield* IntentLedger
      const id = newId()
      yield* doubted(id)
      const { record } = yield* resolved(id, "not_sent")
      assert.strictEqual(record.state, "failed")
      assert.strictEqual(record.failure?.code, "resolved_not_sent")
      assert.strictEqual(record.failure?.certainty, "not_applied")
      assert.strictEqual((yield* claimed(id, "token-2")).attempt, 2)
      assert.strictEqual(yield* ledger.oldestDoubt, 0)
    })
  )

  test(
    "G16 the verdict `not_sent` is rejected while a call may be under way, and `sent` is not",
    Effect.gen(function* () {
      const ledger = yield* IntentLedger
      const id = newId()
      yield* ledger.claim(claimOf(id, "token-1", { callMillis: 0 }))
      const early = yield* ledger.resolve({ intentId: id, verdict: "not_sent" })
      if (early === undefined || early === "expired" || early._tag !== "TooEarly") return assert.fail("not refused")
      assert.strictEqual(early.until, (early.record.deadline ?? 0) + notSentMargin)
      assert.strictEqual((yield* recordOf(id)).state, "in_doubt")
      assert.strictEqual((yield* resolved(id, "sent")).record.state, "sent")
    })
  )

  test(
    "a verdict about an intent that is not open, of another attempt or unknown changes nothing",
    Effect.gen(function* () {
      const ledger = yield* IntentLedger
      const [flying, sent, again] = [newId(), newId(), newId()]
      yield* claimed(flying)
      yield* claimed(sent)
      yield* ledger.settle(sent, 1, "token-1", { state: "sent", receipt: { messageId } })
      yield* doubted(again)
      for (const [intentId, attempt] of [
        [flying, 1],
        [sent, 1],
        [again, 2]
      ] as const) {
        const before = yield* recordOf(intentId)
        for (const verdict of ["sent", "not_sent"] as const) {
          const answer = yield* ledger.resolve({ intentId, verdict, attempt })
          assert.deepStrictEqual(answer, { _tag: "NotOpen", record: before })
        }
      }
      assert.isUndefined(yield* ledger.resolve({ intentId: newId(), verdict: "sent" }))
    })
  )

  test(
    "late evidence against a verdict makes the intent disputed, and evidence in agreement keeps its state",
    Effect.gen(function* () {
      const ledger = yield* IntentLedger
      const cases = [
        ["not_sent", "delivered", "disputed"],
        ["not_sent", "failed", "failed"],
        ["sent", "failed", "disputed"],
        ["sent", "read", "sent"]
      ] as const
      for (const [verdict, status, state] of cases) {
        const id = newId()
        yield* doubted(id)
        yield* resolved(id, verdict)
        yield* ledger.evidence({ intentId: id, attempt: 1, status, failure: failure() })
        const record = yield* recordOf(id)
        assert.strictEqual(record.state, state, `${verdict} then ${status}`)
        if (state === "disputed") assert.strictEqual((yield* ledger.claim(claimOf(id, "token-2")))._tag, "Held")
      }
    })
  )

  test(
    "a settlement against a verdict makes the intent disputed",
    Effect.gen(function* () {
      const ledger = yield* IntentLedger
      const ends = [
        ["not_sent", { state: "sent", receipt: { messageId } }],
        ["sent", { state: "failed", failure: failure() }]
      ] as const
      for (const [verdict, settlement] of ends) {
        const id = newId()
        yield* ledger.claim(claimOf(id, "token-1", longAgo))
        yield* resolved(id, verdict)
        assert.strictEqual((yield* ledger.settle(id, 1, "token-1", settlement))?.state, "disputed")
        assert.strictEqual((yield* ledger.settle(id, 1, "token-1", settlement))?.state, "disputed")
      }
      const id = newId()
      yield* ledger.claim(claimOf(id, "token-1", longAgo))
      yield* resolved(id, "sent")
      yield* ledger.release(id, "token-1", passing)
      assert.strictEqual((yield* recordOf(id)).state, "disputed")
    })
  )

  test(
    "a settlement in agreement with a verdict still adds its receipt, once",
    Effect.gen(function* () {
      const ledger = yield* IntentLedger
      const id = newId()
      yield* ledger.claim(claimOf(id, "token-1", longAgo))
      yield* resolved(id, "sent")
      for (const name of [messageId, "another"]) {
        yield* ledger.settle(id, 1, "token-1", { state: "sent", receipt: { messageId: name } })
        const record = yield* recordOf(id)
        assert.deepStrictEqual([record.state, record.receipt], ["sent", { messageId }])
        assert.deepStrictEqual(steps(record), ["1 claimed", "1 resolved:sent", "1 sent"])
      }
    })
  )

  test(
    "evidence for an attempt with the verdict `not_sent` makes a later attempt's intent disputed",
    Effect.gen(function* () {
      const ledger = yield* IntentLedger
      const id = newId()
      yield* doubted(id)
      yield* resolved(id, "not_sent")
      yield* claimed(id, "token-2")
      yield* ledger.settle(id, 2, "token-2", { state: "sent", receipt: { messageId } })
      yield* ledger.evidence({ intentId: id, attempt: 1, status: "delivered" })
      assert.strictEqual((yield* recordOf(id)).state, "disputed")
    })
  )

  test(
    "a late settlement as sent of an attempt with the verdict `not_sent` disputes the next attempt's result",
    Effect.gen(function* () {
      const ledger = yield* IntentLedger
      const id = newId()
      yield* ledger.claim(claimOf(id, "token-1", longAgo))
      yield* resolved(id, "not_sent")
      yield* claimed(id, "token-2")
      const late = { state: "sent", receipt: { messageId } } as const
      for (const _ of [1, 2]) assert.strictEqual((yield* ledger.settle(id, 1, "token-1", late))?.state, "claimed")
      assert.strictEqual((yield* ledger.settle(id, 2, "token-2", late))?.state, "disputed")
    })
  )

  test(
    "G26 a verdict ends a dispute, no token claims the intent again, and later evidence disputes the verdict",
    Effect.gen(function* () {
      const ledger = yield* IntentLedger
      const disputed = Effect.fnUntraced(function* () {
        const id = newId()
        yield* ledger.claim(claimOf(id, "token-1", longAgo))
        yield* ledger.settle(id, 1, "token-1", { state: "failed", failure: passing })
        yield* ledger.evidence({ intentId: id, attempt: 1, status: "sent" })
        assert.strictEqual((yield* recordOf(id)).state, "disputed")
        return id
      })
      const sent = yield* disputed()
      const { before, record } = yield* resolved(sent, "sent")
      assert.strictEqual(before, "disputed")
      assert.strictEqual(record.state, "sent")
      yield* ledger.evidence({ intentId: sent, attempt: 1, status: "delivered" })
      assert.strictEqual((yield* recordOf(sent)).state, "sent")
      const not = yield* disputed()
      assert.strictEqual((yield* resolved(not, "not_sent")).record.state, "failed")
      assert.strictEqual((yield* ledger.claim(claimOf(not, "token-2")))._tag, "Held")
      yield* ledger.evidence({ intentId: not, attempt: 1, status: "delivered" })
      assert.strictEqual((yield* recordOf(not)).state, "disputed")
    })
  )

  test(
    "G26 a doubt past the evidence window is final: it leaves the oldest doubt, stays listed and can be resolved",
    Effect.gen(function* () {
      const ledger = yield* IntentLedger
      const [settledDoubt, overdue] = [newId(), newId()]
      yield* doubted(settledDoubt)
      yield* ledger.claim(claimOf(overdue, "token-1", longAgo))
      yield* subject.elapse(40)
      for (const id of [settledDoubt, overdue]) {
        const record = yield* recordOf(id)
        assert.strictEqual(record.state, "in_doubt")
        assert.isTrue(record.final)
      }
      assert.strictEqual(yield* ledger.oldestDoubt, 0)
      const listed = yield* ledger.list("in_doubt", { limit: 10 })
      assert.isTrue(listed.intents.every(({ final }) => final === true))
      assert.strictEqual(listed.intents.length, 2)
      yield* ledger.evidence({ intentId: settledDoubt, attempt: 1, status: "sent" })
      assert.isUndefined((yield* recordOf(settledDoubt)).final)
      assert.isUndefined((yield* resolved(overdue, "not_sent")).record.final)
    }),
    { evidence: 20 }
  )
}
