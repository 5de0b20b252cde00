import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Latch from "effect/Latch"
import * as TestClock from "effect/testing/TestClock"
import { defaultTiming } from "../../src/outbound/accounts/accounts.ts"
import type { IntentAnswer } from "../../src/outbound/send/intent-result.ts"
import { AccountsFaults } from "../fakes/accounts.ts"
import { heldBy, refused } from "../fakes/faults.ts"
import { IntentLedgerFaults } from "../fakes/intent-ledger.ts"
import { body, harness, submit } from "./harness.ts"
import { Provider, sent, status } from "./provider.ts"

const back = (to = "+1555") => body({ account: "back", to })
const summaryOf = ({ outcome, state, safeNewKey, failure }: IntentAnswer) => [outcome, state, safeNewKey, failure?.code]

describe("G25 limits before the claim", () => {
  it.effect("a limit rejects an intent without a call or record, and the caller may use its key or a new one", () =>
    Effect.gen(function* () {
      const provider = yield* Provider
      const ledger = yield* IntentLedgerFaults
      for (const key of ["k1", "k2"]) assert.strictEqual((yield* submit(key, back())).outcome, "sent")
      const pair = yield* submit("k3", back())
      assert.deepStrictEqual(summaryOf(pair), ["failed", "failed", true, "limited_recipient"])
      assert.deepInclude(pair, { tooMany: true, retryAfter: 60_000 })
      assert.strictEqual(pair.failure?.certainty, "not_applied")
      assert.strictEqual((yield* submit("k4", back("+1666"))).outcome, "sent")
      assert.deepStrictEqual(summaryOf(yield* submit("k5", back("+1777"))), [
        "failed",
        "failed",
        true,
        "limited_account"
      ])
      assert.strictEqual(provider.sent.all.length, 3)
      assert.strictEqual(ledger.calls.claim.all.length, 3)
      yield* TestClock.adjust("1 minute")
      assert.strictEqual((yield* submit("k3", back())).outcome, "sent")
    }).pipe(Effect.provide(harness))
  )

  it.effect("a limit recognises a recipient in every spelling of the number", () =>
    Effect.gen(function* () {
      for (const key of ["k1", "k2"]) yield* submit(key, back("+1 555"))
      assert.strictEqual((yield* submit("k3", back("+1555"))).failure?.code, "limited_recipient")
    }).pipe(Effect.provide(harness))
  )

  it.effect("a repeat of a sent intent returns its state at an exhausted limit and consumes nothing", () =>
    Effect.gen(function* () {
      const provider = yield* Provider
      yield* submit("k1", back())
      for (let again = 0; again < 10; again++) assert.strictEqual((yield* submit("k1", back())).outcome, "deduped")
      assert.strictEqual((yield* submit("k2", back())).outcome, "sent")
      assert.strictEqual((yield* submit("k3", back())).failure?.code, "limited_recipient")
      assert.strictEqual((yield* submit("k1", back())).outcome, "deduped")
      assert.strictEqual(provider.sent.all.length, 2)
    }).pipe(Effect.provide(harness))
  )

  it.effect("a repeat after its receipt expired gets its token refunded", () =>
    Effect.gen(function* () {
      const accounts = yield* AccountsFaults
      yield* submit("k1", back())
      yield* TestClock.adjust(defaultTiming.receipt)
      for (let again = 0; again < 5; again++) assert.strictEqual((yield* submit("k1", back())).outcome, "deduped")
      assert.strictEqual(accounts.calls.refund.all.length, 1)
      for (const key of ["k2", "k3"]) assert.strictEqual((yield* submit(key, back())).outcome, "sent")
    }).pipe(Effect.provide(harness))
  )

  it.effect("a send reads limits and ledger in one round trip, then claims and settles, with no other store call", () =>
    Effect.gen(function* () {
      const ledger = yield* IntentLedgerFaults
      const accounts = yield* AccountsFaults
      const [peeking, asking] = [yield* Latch.make(false), yield* Latch.make(false)]
      ledger.next("peek", heldBy(peeking))
      accounts.next("acquire", heldBy(asking))
      const fiber = yield* Effect.forkChild(submit("k1", back()))
      yield* ledger.calls.peek.reach(1)
      yield* accounts.calls.acquire.reach(1)
      yield* peeking.open
      yield* asking.open
      yield* Fiber.join(fiber)
      const callCounts = Object.entries({ ...ledger.calls, ...accounts.calls }).map(([name, { all }]) => [
        name,
        all.length
      ])
      assert.deepStrictEqual(Object.fromEntries(callCounts.filter(([, times]) => times !== 0)), {
        peek: 1,
        acquire: 1,
        claim: 1,
        settle: 1
      })
    }).pipe(Effect.provide(harness))
  )

  it.effect(
    "an intent is not sent when the store cannot read the limits, while a repeat still returns its result",
    () =>
      Effect.gen(function* () {
        const provider = yield* Provider
        const accounts = yield* AccountsFaults
        const ledger = yield* IntentLedgerFaults
        yield* submit("k1", back())
        accounts.always("acquire", refused())
        assert.strictEqual((yield* submit("k1", back())).outcome, "deduped")
        assert.deepStrictEqual(summaryOf(yield* submit("k2", back())), ["failed", "failed", false, "store_unavailable"])
        assert.strictEqual(provider.sent.all.length, 1)
        assert.strictEqual(ledger.calls.release.all.length, 0)
      }).pipe(Effect.provide(harness))
  )

  it.effect("a retried intent consumes its limit again after a rejected call", () =>
    Effect.gen(function* () {
      const provider = yield* Provider
      provider.respondsWith((nth) => (nth === 1 ? status(429) : sent()))
      assert.strictEqual((yield* submit("k1", back())).failure?.code, "429")
      assert.strictEqual((yield* submit("k1", back())).outcome, "sent")
      assert.strictEqual((yield* submit("k2", back())).failure?.code, "limited_recipient")
    }).pipe(Effect.provide(harness))
  )
})
