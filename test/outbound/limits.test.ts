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
const told = ({ outcome, state, safeNewKey, failure }: IntentAnswer) => [outcome, state, safeNewKey, failure?.code]

describe("G25 limits before the claim", () => {
  it.effect("hold back what is too much: not performed, not recorded, and its key and another one may be used", () =>
    Effect.gen(function* () {
      const provider = yield* Provider
      const ledger = yield* IntentLedgerFaults
      for (const key of ["k1", "k2"]) assert.strictEqual((yield* submit(key, back())).outcome, "sent")
      const pair = yield* submit("k3", back())
      assert.deepStrictEqual(told(pair), ["failed", "failed", true, "limited_recipient"])
      assert.deepInclude(pair, { tooMany: true, retryAfter: 60_000 })
      assert.strictEqual(pair.failure?.certainty, "not_applied")
      assert.strictEqual((yield* submit("k4", back("+1666"))).outcome, "sent")
      assert.deepStrictEqual(told(yield* submit("k5", back("+1777"))), ["failed", "failed", true, "limited_account"])
      assert.strictEqual(provider.sent.all.length, 3)
      assert.strictEqual(ledger.calls.claim.all.length, 3)
      yield* TestClock.adjust("1 minute")
      assert.strictEqual((yield* submit("k3", back())).outcome, "sent")
    }).pipe(Effect.provide(harness))
  )

  it.effect("know a recipient however he is written", () =>
    Effect.gen(function* () {
      for (const key of ["k1", "k2"]) yield* submit(key, back("+1 555"))
      assert.strictEqual((yield* submit("k3", back("+1555"))).failure?.code, "limited_recipient")
    }).pipe(Effect.provide(harness))
  )

  it.effect("tell a repeat its state though nothing is left, and take nothing from it", () =>
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

  it.effect("get back what a repeat took whose payment is forgotten", () =>
    Effect.gen(function* () {
      const accounts = yield* AccountsFaults
      yield* submit("k1", back())
      yield* TestClock.adjust(defaultTiming.receipt)
      for (let again = 0; again < 5; again++) assert.strictEqual((yield* submit("k1", back())).outcome, "deduped")
      assert.strictEqual(accounts.calls.refund.all.length, 1)
      for (const key of ["k2", "k3"]) assert.strictEqual((yield* submit(key, back())).outcome, "sent")
    }).pipe(Effect.provide(harness))
  )

  it.effect(
    "are asked in the same round trip as the ledger, then comes the claim, then the settlement, and no more",
    () =>
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
        const asked = Object.entries({ ...ledger.calls, ...accounts.calls }).map(([name, { all }]) => [
          name,
          all.length
        ])
        assert.deepStrictEqual(Object.fromEntries(asked.filter(([, times]) => times !== 0)), {
          peek: 1,
          acquire: 1,
          claim: 1,
          settle: 1
        })
      }).pipe(Effect.provide(harness))
  )

  it.effect("that the store cannot tell let nothing out, and a repeat is told all the same", () =>
    Effect.gen(function* () {
      const provider = yield* Provider
      const accounts = yield* AccountsFaults
      const ledger = yield* IntentLedgerFaults
      yield* submit("k1", back())
      accounts.always("acquire", refused())
      assert.strictEqual((yield* submit("k1", back())).outcome, "deduped")
      assert.deepStrictEqual(told(yield* submit("k2", back())), ["failed", "failed", false, "store_unavailable"])
      assert.strictEqual(provider.sent.all.length, 1)
      assert.strictEqual(ledger.calls.release.all.length, 0)
    }).pipe(Effect.provide(harness))
  )

  it.effect("are paid again by what was refused and is tried again, and not by what never left", () =>
    Effect.gen(function* () {
      const provider = yield* Provider
      provider.says((nth) => (nth === 1 ? status(429) : sent()))
      assert.strictEqual((yield* submit("k1", back())).failure?.code, "429")
      assert.strictEqual((yield* submit("k1", back())).outcome, "sent")
      assert.strictEqual((yield* submit("k2", back())).failure?.code, "limited_recipient")
    }).pipe(Effect.provide(harness))
  )
})
