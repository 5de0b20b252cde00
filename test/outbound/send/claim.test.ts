import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Latch from "effect/Latch"
import * as TestClock from "effect/testing/TestClock"
import { IntentLedger } from "../../../src/outbound/ledger/intent-ledger.ts"
import { appliedAndLost, infra, lost, refused } from "../../fakes/faults.ts"
import { IntentLedgerFaults } from "../../fakes/intent-ledger.ts"
import { harness, recordOf, submit } from "../harness.ts"
import { Provider, sent } from "../provider.ts"

describe("G7 repeated claims", () => {
  it.effect("a claim that finds another claim on retry is released, so that its first write cannot claim later", () =>
    Effect.gen(function* () {
      const ledger = yield* IntentLedger
      const ledgerFaults = yield* IntentLedgerFaults
      const provider = yield* Provider
      ledgerFaults.next("claim", () =>
        Effect.gen(function* () {
          const [mine] = ledgerFaults.calls.claim.all
          if (mine !== undefined) yield* ledger.claim({ ...mine, token: "another's" })
          return yield* infra("unknown")
        })
      )
      const answer = yield* submit("k1")
      assert.deepStrictEqual([answer.outcome, answer.safeNewKey, answer.conflict], ["failed", false, undefined])
      const [released] = yield* ledgerFaults.calls.release.reach(1)
      const [mine] = ledgerFaults.calls.claim.all
      if (mine === undefined) return assert.fail("expected a claim")
      assert.strictEqual(released?.token, mine.token)
      const passing = {
        class: "InfraError",
        code: "dns",
        certainty: "not_applied",
        transient: true,
        detail: ""
      } as const
      yield* ledger.settle(mine.intentId, 1, "another's", { state: "failed", failure: passing })
      assert.strictEqual((yield* ledger.claim(mine))._tag, "Released")
      assert.lengthOf(provider.attempts.all, 0)
      assert.strictEqual((yield* submit("k1")).outcome, "sent")
    }).pipe(Effect.provide(harness))
  )
})

describe("claims", () => {
  it.effect("I4 a claim is written before the first byte leaves, and a rejected claim lets no byte leave", () =>
    Effect.gen(function* () {
      const ledger = yield* IntentLedgerFaults
      const provider = yield* Provider
      const claimsAtCall: Array<number> = []
      provider.connects(() => Effect.sync(() => void claimsAtCall.push(ledger.calls.claim.all.length)))
      assert.strictEqual((yield* submit("k1")).outcome, "sent")
      assert.deepStrictEqual(claimsAtCall, [1])
      ledger.always("claim", refused())
      const answer = yield* submit("k2")
      assert.strictEqual(answer.outcome, "failed")
      assert.strictEqual(answer.failure?.class, "InfraError")
      assert.strictEqual(answer.failure?.certainty, "not_applied")
      assert.strictEqual(provider.attempts.all.length, 1)
    }).pipe(Effect.provide(harness))
  )

  it.effect("I4 the ledger holds the record of an intent while its call is under way", () =>
    Effect.gen(function* () {
      const provider = yield* Provider
      const latch = yield* Latch.make(false)
      provider.respondsWith(() => Effect.andThen(latch.await, sent()))
      const fiber = yield* Effect.forkChild(submit("k1"))
      yield* provider.sent.reach(1)
      const ledger = yield* IntentLedgerFaults
      const intentId = ledger.calls.claim.all[0]?.intentId
      assert.isDefined(intentId)
      assert.strictEqual((yield* recordOf(intentId)).state, "claimed")
      yield* latch.open
      assert.strictEqual((yield* Fiber.join(fiber)).outcome, "sent")
    }).pipe(Effect.provide(harness))
  )

  for (const [name, act] of [
    ["after", appliedAndLost()],
    ["before", lost()]
  ] as const) {
    it.effect(
      `G7 a claim whose response is lost ${name} it took effect is retried with the same token, and calls once`,
      () =>
        Effect.gen(function* () {
          const ledger = yield* IntentLedgerFaults
          const provider = yield* Provider
          ledger.next("claim", act)
          const answer = yield* submit("k1")
          assert.strictEqual(answer.outcome, "sent")
          const [first, second] = ledger.calls.claim.all
          assert.strictEqual(ledger.calls.claim.all.length, 2)
          assert.strictEqual(first?.token, second?.token)
          assert.strictEqual(provider.sent.all.length, 1)
          assert.strictEqual((yield* recordOf(answer.intentId)).attempt, 1)
          assert.strictEqual(ledger.calls.release.all.length, 0)
        }).pipe(Effect.provide(harness))
    )
  }

  it.effect("G7 a claim that stays ambiguous calls no provider, and its release is retried until it is stored", () =>
    Effect.gen(function* () {
      const ledger = yield* IntentLedgerFaults
      const provider = yield* Provider
      ledger.next("claim", appliedAndLost(), lost())
      ledger.next("release", refused(), lost())
      const answer = yield* submit("k1")
      assert.strictEqual(answer.outcome, "failed")
      assert.strictEqual(answer.failure?.certainty, "not_applied")
      assert.strictEqual(provider.attempts.all.length, 0)
      yield* ledger.calls.release.reach(1)
      yield* TestClock.adjust("10 seconds")
      yield* ledger.calls.release.reach(3)
      const tokens = new Set([...ledger.calls.claim.all, ...ledger.calls.release.all].map(({ token }) => token))
      assert.strictEqual(tokens.size, 1)
      assert.strictEqual((yield* recordOf(answer.intentId)).state, "failed")
      const again = yield* submit("k1")
      assert.strictEqual(again.outcome, "sent")
      assert.strictEqual((yield* recordOf(answer.intentId)).attempt, 2)
      assert.strictEqual(provider.sent.all.length, 1)
    }).pipe(Effect.provide(harness))
  )

  it.effect("G7 a claim that may be written before the store became unavailable is released too", () =>
    Effect.gen(function* () {
      const ledger = yield* IntentLedgerFaults
      const provider = yield* Provider
      ledger.next("claim", appliedAndLost(), refused())
      const answer = yield* submit("k1")
      assert.strictEqual(answer.outcome, "failed")
      assert.strictEqual(provider.attempts.all.length, 0)
      yield* TestClock.adjust("20 seconds")
      assert.strictEqual((yield* recordOf(answer.intentId)).state, "failed")
      assert.strictEqual((yield* submit("k1")).outcome, "sent")
    }).pipe(Effect.provide(harness))
  )

  it.effect("G7 a claim that certainly was not written is not retried and needs no release", () =>
    Effect.gen(function* () {
      const ledger = yield* IntentLedgerFaults
      ledger.next("claim", refused())
      yield* submit("k1")
      yield* TestClock.adjust("10 seconds")
      assert.strictEqual(ledger.calls.claim.all.length, 1)
      assert.strictEqual(ledger.calls.release.all.length, 0)
    }).pipe(Effect.provide(harness))
  )

  it.effect("a repeat of a sent intent permits no new key while the store is unavailable", () =>
    Effect.gen(function* () {
      const ledger = yield* IntentLedgerFaults
      assert.isFalse((yield* submit("k1")).safeNewKey)
      ledger.always("claim", refused())
      assert.isFalse((yield* submit("k1")).safeNewKey)
    }).pipe(Effect.provide(harness))
  )

  it.effect("I1 concurrent requests with one key make one call", () =>
    Effect.gen(function* () {
      const provider = yield* Provider
      const answers = yield* Effect.all(
        Array.from({ length: 20 }, () => submit("k1")),
        { concurrency: "unbounded" }
      )
      assert.strictEqual(provider.sent.all.length, 1)
      assert.strictEqual(answers.filter(({ outcome }) => outcome === "sent").length, 1)
      assert.strictEqual(answers.filter(({ outcome }) => outcome === "deduped").length, 19)
      assert.strictEqual(new Set(answers.map(({ intentId }) => intentId)).size, 1)
    }).pipe(Effect.provide(harness))
  )

  it.effect("G15 a repeat returns `in_flight` while a call may be under way, and `in_doubt` after the deadline", () =>
    Effect.gen(function* () {
      const provider = yield* Provider
      const latch = yield* Latch.make(false)
      provider.respondsWith(() => Effect.andThen(latch.await, sent()))
      const first = yield* Effect.forkChild(submit("k1"))
      yield* provider.sent.reach(1)
      const during = yield* submit("k1")
      assert.strictEqual(during.conflict, "in_flight")
      assert.strictEqual(during.state, "claimed")
      assert.isFalse(during.safeNewKey)
      assert.isAtLeast(during.retryAfter ?? 0, 1_000)
      yield* TestClock.adjust("15 seconds")
      const after = yield* submit("k1")
      assert.isUndefined(after.conflict)
      assert.strictEqual(after.state, "in_doubt")
      assert.isFalse(after.safeNewKey)
      assert.strictEqual(provider.attempts.all.length, 1)
      yield* latch.open
      assert.strictEqual((yield* Fiber.join(first)).outcome, "sent")
    }).pipe(Effect.provide(harness))
  )
})
