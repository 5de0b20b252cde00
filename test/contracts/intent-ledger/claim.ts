import { assert } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { CorrelationId } from "../../../src/domain/ids.ts"
import { IntentLedger } from "../../../src/outbound/ledger/intent-ledger.ts"
import {
  callMillis,
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

export const claiming = <R, E>(subject: Subject<R, E>) => {
  const test = contract(subject)

  test(
    "a claim writes the whole record before the provider is called",
    Effect.gen(function* () {
      const id = newId()
      const claimRequest = claimOf(id)
      const { attempt, record } = yield* claimed(id)
      assert.strictEqual(attempt, 1)
      const { createdAt, claimedAt, deadline, timeline, ...rest } = record
      assert.deepStrictEqual(rest, { intentId: id, state: "claimed", attempt: 1, ...claimRequest.meta })
      assert.strictEqual(createdAt, claimedAt)
      assert.strictEqual(deadline, createdAt + callMillis)
      assert.deepStrictEqual(timeline, [{ at: createdAt, attempt: 1, what: "claimed" }])
      assert.deepStrictEqual(yield* recordOf(id), record)
    })
  )

  test(
    "I1 exactly one of 50 concurrent claims of one intent wins",
    Effect.gen(function* () {
      const ledger = yield* IntentLedger
      const id = newId()
      const tokens = Array.from({ length: 50 }, (_, n) => `token-${n}`)
      const answers = yield* Effect.forEach(tokens, (token) => ledger.claim(claimOf(id, token)), {
        concurrency: "unbounded"
      })
      const tags = answers.map(({ _tag }) => _tag).sort()
      assert.deepStrictEqual(tags, ["Claimed", ...Array.from({ length: 49 }, () => "Held")])
    })
  )

  test(
    "G7 an ambiguous claim repeated with the same token returns the first result",
    Effect.gen(function* () {
      const id = newId()
      const first = yield* claimed(id)
      assert.deepStrictEqual(yield* claimed(id), first)
    })
  )

  test(
    "G13 a claim of a key with other content returns `OtherContent`, whatever the state",
    Effect.gen(function* () {
      const ledger = yield* IntentLedger
      const id = newId()
      const { record } = yield* claimed(id)
      const other = yield* ledger.claim(claimOf(id, "token-2", { content: "another-mac" }))
      assert.deepStrictEqual(other, { _tag: "OtherContent", record })
      assert.isTrue(yield* ledger.sameContent(id, "mac-of-content"))
      assert.isFalse(yield* ledger.sameContent(id, "another-mac"))
      assert.isUndefined(yield* ledger.sameContent(newId(), "mac-of-content"))
    })
  )

  test(
    "G15 a claim within its deadline holds off every other token",
    Effect.gen(function* () {
      const ledger = yield* IntentLedger
      const id = newId()
      const { record } = yield* claimed(id)
      const answer = yield* ledger.claim(claimOf(id, "token-2"))
      if (answer._tag !== "Held") return assert.fail(answer._tag)
      assert.deepStrictEqual(answer.record, record)
      assert.isAtLeast(answer.now, record.createdAt)
      assert.isBelow(answer.now, record.deadline ?? 0)
    })
  )

  test(
    "G15 a claim past its deadline is in doubt, and no token calls again, not even its own",
    Effect.gen(function* () {
      const ledger = yield* IntentLedger
      const id = newId()
      yield* ledger.claim(claimOf(id, "token-1", { callMillis: 0 }))
      for (const token of ["token-1", "token-2"]) {
        const answer = yield* ledger.claim(claimOf(id, token))
        if (answer._tag !== "Held") return assert.fail(answer._tag)
        assert.strictEqual(answer.record.state, "in_doubt")
      }
      assert.strictEqual((yield* recordOf(id)).state, "in_doubt")
      assert.deepStrictEqual(steps(yield* recordOf(id)), ["1 claimed"])
    })
  )

  const held = {
    sent: { state: "sent", receipt: { messageId } },
    "failed for good": { state: "failed", failure: failure() },
    "failed with unknown certainty": { state: "failed", failure: { ...unknown, transient: true } },
    "in doubt": { state: "in_doubt", failure: { ...unknown, transient: true } }
  } as const
  for (const [name, settlement] of Object.entries(held)) {
    test(
      `I1 a claim of an intent that is ${name} returns Held for every token`,
      Effect.gen(function* () {
        const ledger = yield* IntentLedger
        const id = newId()
        yield* claimed(id)
        const record = yield* ledger.settle(id, 1, "token-1", settlement)
        for (const token of ["token-1", "token-2"]) {
          const answer = yield* ledger.claim(claimOf(id, token))
          if (answer._tag !== "Held") return assert.fail(answer._tag)
          assert.deepStrictEqual(answer.record, record)
        }
      })
    )
  }

  test(
    "an intent with a transient failure is claimed as a second attempt, without the old failure",
    Effect.gen(function* () {
      const ledger = yield* IntentLedger
      const id = newId()
      const first = yield* claimed(id)
      yield* ledger.settle(id, 1, "token-1", { state: "failed", failure: passing })
      yield* ledger.evidence({ intentId: id, attempt: 1, status: "failed", failure: passing, messageId })
      const correlationId = CorrelationId.make(`cor_${"cd".repeat(16)}`)
      const meta = { ...claimOf(id).meta, correlationId }
      const { attempt, record } = yield* claimed(id, "token-2", { meta })
      assert.strictEqual(attempt, 2)
      const { claimedAt, deadline, timeline, ...rest } = record
      const { createdAt } = first.record
      assert.deepStrictEqual(rest, { intentId: id, state: "claimed", attempt: 2, createdAt, ...meta })
      assert.strictEqual(deadline, (claimedAt ?? 0) + callMillis)
      assert.strictEqual(timeline.length, 4)
      assert.deepStrictEqual(steps(record), ["1 claimed", "1 failed", "1 status:failed", "2 claimed"])
      const doubted = yield* ledger.settle(id, 2, "token-2", { state: "in_doubt", failure: unknown })
      assert.strictEqual(doubted?.state, "in_doubt")
      assert.isUndefined(doubted?.receipt)
    })
  )

  test(
    "a failure that the provider reports decides whether the intent can be claimed again",
    Effect.gen(function* () {
      const ledger = yield* IntentLedger
      const id = newId()
      yield* claimed(id)
      yield* ledger.settle(id, 1, "token-1", { state: "failed", failure: passing })
      yield* ledger.evidence({ intentId: id, attempt: 1, status: "failed", failure: failure() })
      const answer = yield* ledger.claim(claimOf(id, "token-2"))
      if (answer._tag !== "Held") return assert.fail(answer._tag)
      assert.deepStrictEqual(answer.record.failure, failure())
    })
  )

  test(
    "G7 a delayed claim does not win after its own token has settled",
    Effect.gen(function* () {
      const ledger = yield* IntentLedger
      const id = newId()
      const claimRequest = claimOf(id)
      yield* claimed(id)
      yield* ledger.settle(id, 1, claimRequest.token, { state: "failed", failure: passing })
      assert.strictEqual((yield* ledger.claim(claimRequest))._tag, "Held")
      yield* claimed(id, "token-2")
      yield* ledger.settle(id, 2, "token-2", { state: "failed", failure: passing })
      assert.strictEqual((yield* ledger.claim(claimRequest))._tag, "Held")
      assert.strictEqual((yield* recordOf(id)).state, "failed")
    })
  )
}
