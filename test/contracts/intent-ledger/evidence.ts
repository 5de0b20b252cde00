import { assert } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type { IntentId } from "../../../src/domain/ids.ts"
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

const proofs = ["sent", "delivered", "read", "played", "a word of tomorrow"]
const doubt: Settlement = { state: "in_doubt", failure: unknown }

export const proving = <R, E>(subject: Subject<R, E>) => {
  const test = contract(subject)

  for (const status of proofs) {
    test(
      `the status "${status}" proves the effect of a claim and of a doubt, and adds the message id`,
      Effect.gen(function* () {
        const ledger = yield* IntentLedger
        const starts = { claimed: newId(), "claimed too long": newId(), in_doubt: newId() }
        yield* claimed(starts.claimed)
        yield* ledger.claim(claimOf(starts["claimed too long"], "token-1", { callMillis: 0 }))
        yield* claimed(starts.in_doubt)
        yield* ledger.settle(starts.in_doubt, 1, "token-1", doubt)
        for (const [start, intentId] of Object.entries(starts)) {
          const answer = yield* ledger.evidence({ intentId, attempt: 1, status, messageId })
          if (answer._tag !== "Applied") return assert.fail(answer._tag)
          assert.strictEqual(answer.before, start === "claimed" ? "claimed" : "in_doubt")
          assert.strictEqual(answer.record.state, "sent")
          assert.deepStrictEqual(answer.record.receipt, { messageId })
          assert.isUndefined(answer.record.failure)
          assert.isDefined(answer.record.settledAt)
          assert.deepStrictEqual(yield* recordOf(intentId), answer.record)
          assert.strictEqual((yield* ledger.claim(claimOf(intentId, "token-2")))._tag, "Held")
        }
      })
    )
  }

  test(
    "a failed status ends a claim and a doubt with the given failure",
    Effect.gen(function* () {
      const ledger = yield* IntentLedger
      const [flying, doubted] = [newId(), newId()]
      yield* claimed(flying)
      yield* claimed(doubted)
      yield* ledger.settle(doubted, 1, "token-1", doubt)
      for (const intentId of [flying, doubted]) {
        const answer = yield* ledger.evidence({ intentId, attempt: 1, status: "failed", failure: failure() })
        if (answer._tag !== "Applied") return assert.fail(answer._tag)
        assert.strictEqual(answer.record.state, "failed")
        assert.deepStrictEqual(answer.record.failure, failure())
        assert.strictEqual(answer.record.delivery, "failed")
      }
    })
  )

  test(
    "a sent intent stays sent: a status changes only its delivery, and a failed delivery names its failure",
    Effect.gen(function* () {
      const ledger = yield* IntentLedger
      const intentId = newId()
      yield* claimed(intentId)
      yield* ledger.settle(intentId, 1, "token-1", { state: "sent", receipt: { messageId } })
      yield* ledger.evidence({ intentId, attempt: 1, status: "failed", failure: failure() })
      const failed = yield* recordOf(intentId)
      assert.strictEqual(failed.state, "sent")
      assert.strictEqual(failed.delivery, "failed")
      assert.deepStrictEqual(failed.failure, failure())
      yield* ledger.evidence({ intentId, attempt: 1, status: "delivered" })
      const delivered = yield* recordOf(intentId)
      assert.strictEqual(delivered.state, "sent")
      assert.strictEqual(delivered.delivery, "delivered")
      assert.isUndefined(delivered.failure)
    })
  )

  test(
    "late evidence against a failure makes the intent disputed, and no token claims it again",
    Effect.gen(function* () {
      const ledger = yield* IntentLedger
      const intentId = newId()
      yield* claimed(intentId)
      yield* ledger.settle(intentId, 1, "token-1", { state: "failed", failure: passing })
      const answer = yield* ledger.evidence({ intentId, attempt: 1, status: "delivered" })
      if (answer._tag !== "Applied") return assert.fail(answer._tag)
      assert.strictEqual(answer.before, "failed")
      assert.strictEqual(answer.record.state, "disputed")
      assert.deepStrictEqual(answer.record.failure, passing)
      assert.deepStrictEqual(steps(answer.record), ["1 claimed", "1 failed", "1 status:delivered", "1 disputed"])
      assert.strictEqual((yield* ledger.claim(claimOf(intentId, "token-2")))._tag, "Held")
    })
  )

  test(
    "a failed settlement after evidence is disputed, a doubt becomes sent, and a receipt is merged",
    Effect.gen(function* () {
      const ledger = yield* IntentLedger
      const ends: ReadonlyArray<readonly [Settlement, string]> = [
        [{ state: "failed", failure: failure() }, "disputed"],
        [doubt, "sent"],
        [{ state: "sent", receipt: { messageId } }, "sent"]
      ]
      for (const [settlement, state] of ends) {
        const intentId = newId()
        yield* claimed(intentId)
        yield* ledger.evidence({ intentId, attempt: 1, status: "read" })
        const record = yield* ledger.settle(intentId, 1, "token-1", settlement)
        assert.strictEqual(record?.state, state)
        assert.strictEqual(record?.delivery, "read")
        assert.deepStrictEqual(record?.receipt, settlement.state === "sent" ? { messageId } : undefined)
      }
    })
  )

  test(
    "G18 evidence about another attempt does not change this one, and the timeline records it",
    Effect.gen(function* () {
      const ledger = yield* IntentLedger
      const intentId = newId()
      yield* claimed(intentId)
      yield* ledger.settle(intentId, 1, "token-1", { state: "failed", failure: passing })
      const { record } = yield* claimed(intentId, "token-2")
      const result = yield* ledger.evidence({ intentId, attempt: 1, status: "delivered", messageId })
      assert.deepStrictEqual(result, { _tag: "NoEvidence", reason: "other_attempt" })
      const { timeline, ...rest } = yield* recordOf(intentId)
      const { timeline: before, ...unchanged } = record
      assert.deepStrictEqual(rest, unchanged)
      assert.deepStrictEqual(timeline.slice(0, -1), before)
      assert.strictEqual(timeline.at(-1)?.what, "status:delivered")
      assert.strictEqual(timeline.at(-1)?.attempt, 1)
      assert.deepStrictEqual(yield* ledger.evidence({ intentId: newId(), attempt: 1, status: "sent" }), {
        _tag: "NoEvidence",
        reason: "unknown"
      })
    })
  )

  test(
    "evidence for an attempt recorded as failed makes the intent disputed, and no token claims it again",
    Effect.gen(function* () {
      const ledger = yield* IntentLedger
      const later: ReadonlyArray<readonly [Settlement, string]> = [
        [{ state: "sent", receipt: { messageId } }, "sent"],
        [{ state: "failed", failure: passing }, "failed"],
        [doubt, "in_doubt"]
      ]
      for (const [settlement, before] of later) {
        const intentId = newId()
        yield* claimed(intentId)
        yield* ledger.settle(intentId, 1, "token-1", { state: "failed", failure: passing })
        yield* claimed(intentId, "token-2")
        yield* ledger.settle(intentId, 2, "token-2", settlement)
        yield* ledger.evidence({ intentId, attempt: 1, status: "failed", failure: failure() })
        assert.strictEqual((yield* recordOf(intentId)).state, before)
        const result = yield* ledger.evidence({ intentId, attempt: 1, status: "delivered", messageId })
        if (result._tag !== "Applied") return assert.fail(result.reason)
        assert.strictEqual(result.before, before)
        assert.strictEqual(result.record.state, "disputed")
        assert.strictEqual((yield* ledger.claim(claimOf(intentId, "token-3")))._tag, "Held")
        const again = yield* ledger.evidence({ intentId, attempt: 1, status: "read" })
        assert.strictEqual(again._tag, "NoEvidence")
      }
    })
  )

  test(
    "evidence for an earlier attempt during a call takes effect when that call has ended",
    Effect.gen(function* () {
      const ledger = yield* IntentLedger
      const intentId = newId()
      yield* claimed(intentId)
      yield* ledger.settle(intentId, 1, "token-1", { state: "failed", failure: passing })
      yield* claimed(intentId, "token-2")
      yield* ledger.evidence({ intentId, attempt: 1, status: "sent" })
      assert.strictEqual((yield* recordOf(intentId)).state, "claimed")
      yield* ledger.release(intentId, "token-2", passing)
      assert.strictEqual((yield* recordOf(intentId)).state, "disputed")
      assert.strictEqual((yield* ledger.claim(claimOf(intentId, "token-3")))._tag, "Held")
    })
  )

  test(
    "G20 the timeline names the kind of evidence that is not a status",
    Effect.gen(function* () {
      const ledger = yield* IntentLedger
      const intentId = newId()
      yield* claimed(intentId)
      yield* ledger.evidence({ intentId, attempt: 1, status: "sent", seen: "read_back", messageId })
      assert.deepStrictEqual(steps(yield* recordOf(intentId)), ["1 claimed", "1 read_back"])
      assert.strictEqual((yield* recordOf(intentId)).state, "sent")
    })
  )

  test(
    "the receipt keeps the message id of the call's own response, or else the first that a status brings",
    Effect.gen(function* () {
      const ledger = yield* IntentLedger
      const [nameless, settledFirst, early] = [newId(), newId(), newId()]
      for (const intentId of [nameless, settledFirst, early]) yield* claimed(intentId)
      const read = (intentId: IntentId, messageId: string) =>
        ledger.evidence({ intentId, attempt: 1, status: "read", messageId })
      yield* ledger.settle(nameless, 1, "token-1", { state: "sent", receipt: {} })
      for (const id of ["first", "second"]) yield* read(nameless, id)
      assert.deepStrictEqual((yield* recordOf(nameless)).receipt, { messageId: "first" })
      yield* read(settledFirst, "first")
      yield* ledger.settle(settledFirst, 1, "token-1", { state: "sent", receipt: { messageId } })
      assert.deepStrictEqual((yield* recordOf(settledFirst)).receipt, { messageId })
      yield* read(early, "first")
      yield* ledger.settle(early, 1, "token-1", { state: "sent", receipt: {} })
      assert.deepStrictEqual((yield* recordOf(early)).receipt, { messageId: "first" })
    })
  )

  test(
    "repeated evidence changes nothing",
    Effect.gen(function* () {
      const ledger = yield* IntentLedger
      const intentId = newId()
      yield* claimed(intentId)
      const late = { intentId, attempt: 1, status: "delivered", messageId }
      const once = yield* ledger.evidence(late)
      const again = yield* ledger.evidence(late)
      if (once._tag !== "Applied" || again._tag !== "Applied") return assert.fail("not applied")
      assert.deepStrictEqual(again, { ...once, before: "sent" })
    })
  )

  test(
    "I7 the ledger stores a status only as one of our own words",
    Effect.gen(function* () {
      const ledger = yield* IntentLedger
      const intentId = newId()
      yield* claimed(intentId)
      yield* ledger.evidence({ intentId, attempt: 1, status: "5511999999999 said no; 1 1 x" })
      const record = yield* recordOf(intentId)
      assert.strictEqual(record.delivery, "other")
      assert.deepStrictEqual(steps(record), ["1 claimed", "1 status:other"])
    })
  )
}
