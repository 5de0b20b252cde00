import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Latch from "effect/Latch"
import * as Layer from "effect/Layer"
import * as Context from "effect/Context"
import * as Result from "effect/Result"
import * as Scope from "effect/Scope"
import * as TestClock from "effect/testing/TestClock"
import { InfraError, PayloadError, ProviderError } from "../../../src/domain/failure.ts"
import { IntentLedger } from "../../../src/outbound/ledger/intent-ledger.ts"
import { Intents, type SubmitResult } from "../../../src/outbound/submit/intents.ts"
import { concurrency } from "../../../src/outbound/send/executor.ts"
import { settlementOf } from "../../../src/outbound/send/settle.ts"
import { appliedAndLost, heldBy, lost, refused } from "../../fakes/faults.ts"
import { IntentLedgerFaults } from "../../fakes/intent-ledger.ts"
import { journal } from "../../fakes/journal.ts"
import { RecordedLog } from "../../fakes/log.ts"
import { body, harness, recordOf, submit } from "../harness.ts"
import { noAnswer, Provider, sent, status } from "../provider.ts"

describe("settlement", () => {
  it("a settlement follows the certainty of a failure and nothing else", () => {
    const provider = (certainty: "unknown" | "not_applied", transient: boolean) =>
      new ProviderError({ code: "1", certainty, transient, pauses: "nothing", detail: "no" })
    const infra = (certainty: "unknown" | "not_applied") =>
      new InfraError({ code: "x", operation: "o", certainty, transient: true })
    const payload = new PayloadError({ code: "p", detail: "wrong", issues: [] })
    const states = [
      provider("unknown", true),
      provider("unknown", false),
      provider("not_applied", true),
      provider("not_applied", false),
      infra("unknown"),
      infra("not_applied"),
      payload
    ].map((failure) => settlementOf(Result.fail(failure)).state)
    assert.deepStrictEqual(states, ["in_doubt", "in_doubt", "failed", "failed", "in_doubt", "failed", "failed"])
    assert.deepStrictEqual(settlementOf(Result.succeed({ messageId: "m" })), {
      state: "sent",
      receipt: { messageId: "m" }
    })
  })

  it.effect("a settlement is retried with equal content until the store has written it", () =>
    Effect.gen(function* () {
      const ledger = yield* IntentLedgerFaults
      const provider = yield* Provider
      ledger.next("settle", refused(), lost(), appliedAndLost())
      const fiber = yield* Effect.forkChild(submit("k1"))
      yield* ledger.calls.settle.reach(1)
      yield* TestClock.adjust("4 seconds")
      const answer = yield* Fiber.join(fiber)
      assert.deepStrictEqual([answer.outcome, answer.receipt], ["sent", { messageId: "m-1" }])
      assert.strictEqual(ledger.calls.settle.all.length, 4)
      assert.strictEqual(new Set(ledger.calls.settle.all.map((call) => JSON.stringify(call))).size, 1)
      assert.strictEqual(provider.sent.all.length, 1)
    }).pipe(Effect.provide(harness))
  )

  it.effect("G16 a settlement is compare-and-set: the outcome of another attempt changes nothing", () =>
    Effect.gen(function* () {
      const ledger = yield* IntentLedger
      const faults = yield* IntentLedgerFaults
      const answer = yield* submit("k1")
      const [settled] = faults.calls.settle.all
      assert.isDefined(settled)
      const end = { state: "failed", failure: { ...refusal, certainty: "not_applied", transient: true } } as const
      assert.isUndefined(yield* ledger.settle(answer.intentId, settled.attempt + 1, settled.token, end))
      assert.isUndefined(yield* ledger.settle(answer.intentId, settled.attempt, "another token", end))
      assert.strictEqual((yield* recordOf(answer.intentId)).state, "sent")
    }).pipe(Effect.provide(harness))
  )

  it.effect("a settlement carries the attempt and the token of its own claim", () =>
    Effect.gen(function* () {
      const ledger = yield* IntentLedgerFaults
      const provider = yield* Provider
      provider.respondsWith((nth) => (nth === 1 ? status(429) : sent()))
      assert.strictEqual((yield* submit("k1")).outcome, "failed")
      assert.strictEqual((yield* submit("k1")).outcome, "sent")
      assert.deepStrictEqual(
        ledger.calls.settle.all.map(({ attempt, token }) => [attempt, token]),
        ledger.calls.claim.all.map(({ token }, index) => [index + 1, token])
      )
      assert.strictEqual(new Set(ledger.calls.claim.all.map(({ token }) => token)).size, 2)
    }).pipe(Effect.provide(harness))
  )

  it.effect("a caller receives a doubt after 5 s when the settlement is not stored, which is still written later", () =>
    Effect.gen(function* () {
      const ledger = yield* IntentLedgerFaults
      const log = yield* RecordedLog
      const latch = yield* Latch.make(false)
      ledger.next("settle", heldBy(latch))
      const fiber = yield* Effect.forkChild(submit("k1"))
      yield* ledger.calls.settle.reach(1)
      yield* TestClock.adjust("5 seconds")
      const answer = yield* Fiber.join(fiber)
      assert.deepStrictEqual([answer.outcome, answer.state, answer.safeNewKey], ["in_doubt", "in_doubt", false])
      assert.strictEqual(answer.failure?.certainty, "unknown")
      assert.strictEqual(log.of("intent.unsettled").length, 1)
      yield* latch.open
      yield* TestClock.adjust("1 second")
      assert.strictEqual((yield* recordOf(answer.intentId)).state, "sent")
      const again = yield* submit("k1")
      assert.deepStrictEqual([again.outcome, again.state], ["deduped", "sent"])
    }).pipe(Effect.provide(harness))
  )

  it.effect("G17 a caller that disconnects interrupts neither claim, call nor settlement", () =>
    Effect.gen(function* () {
      const ledger = yield* IntentLedgerFaults
      const provider = yield* Provider
      const [claiming, calling, settling] = [
        yield* Latch.make(false),
        yield* Latch.make(false),
        yield* Latch.make(false)
      ]
      ledger.next("claim", heldBy(claiming))
      provider.respondsWith(() => Effect.andThen(calling.await, sent("late")))
      ledger.next("settle", heldBy(settling))
      const fiber = yield* Effect.forkChild(submit("k1"))
      yield* ledger.calls.claim.reach(1)
      yield* Fiber.interrupt(fiber)
      yield* claiming.open
      yield* provider.sent.reach(1)
      yield* calling.open
      yield* ledger.calls.settle.reach(1)
      yield* settling.open
      const log = yield* RecordedLog
      yield* log.waitFor("intent.settled")
      const again = yield* submit("k1")
      assert.deepStrictEqual([again.outcome, again.state, again.receipt], ["deduped", "sent", { messageId: "late" }])
      assert.strictEqual(provider.sent.all.length, 1)
    }).pipe(Effect.provide(harness))
  )

  it.effect("G17 a stop waits for running intents, and leaves an intent that it must interrupt as a doubt", () =>
    Effect.gen(function* () {
      const scope = yield* Scope.make()
      const context = yield* Layer.buildWithScope(harness, scope)
      const provider = Context.get(context, Provider)
      const intents = Context.get(context, Intents)
      const faults = Context.get(context, IntentLedgerFaults)
      const latch = yield* Latch.make(false)
      provider.respondsWith((_, request) =>
        request.body?.includes("slow") === true ? Effect.never : Effect.andThen(latch.await, sent())
      )
      const go = (key: string, text: string) =>
        Effect.forkChild(intents.submit({ namespace: "crm", key, body: body({ input: { text } }) }))
      yield* go("k1", "quick")
      yield* go("k2", "slow")
      yield* provider.sent.reach(2)
      const stopping = yield* Effect.forkChild(Scope.close(scope, Exit.void))
      yield* latch.open
      yield* faults.calls.settle.reach(1)
      yield* TestClock.adjust("1 second")
      yield* Fiber.join(stopping)
      assert.deepStrictEqual(
        faults.calls.settle.all.map(({ settlement }) => settlement.state),
        ["sent"]
      )
    })
  )

  it.effect("a caller that received a doubt receives no second result when a stop interrupts the settlement", () =>
    Effect.gen(function* () {
      const scope = yield* Scope.make()
      const context = yield* Layer.buildWithScope(harness, scope)
      const intents = Context.get(context, Intents)
      const faults = Context.get(context, IntentLedgerFaults)
      faults.next("settle", heldBy(yield* Latch.make(false)))
      const results = journal<SubmitResult>()
      intents.begin({ namespace: "crm", key: "k1", body: body() }, results.record)
      yield* faults.calls.settle.reach(1)
      yield* TestClock.adjust("5 seconds")
      yield* results.reach(1)
      const stopping = yield* Effect.forkChild(Scope.close(scope, Exit.void))
      yield* TestClock.adjust("1 second")
      yield* Fiber.join(stopping)
      assert.deepStrictEqual(results.all.map(Exit.isSuccess), [true])
    })
  )

  it.effect("a callback that throws on its result is called once more with the defect", () =>
    Effect.gen(function* () {
      const intents = yield* Intents
      const results = journal<SubmitResult>()
      intents.begin({ namespace: "crm", key: "k1", body: body() }, (one) => {
        results.record(one)
        if (Exit.isSuccess(one)) throw new TypeError("a defect")
      })
      yield* results.reach(2)
      yield* submit("k2")
      assert.deepStrictEqual(results.all.map(Exit.isSuccess), [true, false])
      assert.strictEqual((yield* submit("k1")).outcome, "deduped")
    }).pipe(Effect.provide(harness))
  )

  it.effect("a call that finds no free slot is not performed, and the caller may retry it", () =>
    Effect.gen(function* () {
      const provider = yield* Provider
      const ledger = yield* IntentLedgerFaults
      const latch = yield* Latch.make(false)
      provider.respondsWith(() => Effect.andThen(latch.await, sent()))
      const fibers = yield* Effect.forEach(Array.from({ length: concurrency }), (_, n) =>
        Effect.forkChild(submit(`k${n}`))
      )
      yield* provider.sent.reach(concurrency)
      const answer = yield* submit("one more")
      assert.deepStrictEqual(
        [answer.outcome, answer.failure?.class, answer.failure?.certainty, answer.failure?.code],
        ["failed", "InfraError", "not_applied", "too_many_at_once"]
      )
      assert.strictEqual(ledger.calls.claim.all.length, concurrency)
      const repeat = yield* submit("k0")
      assert.isFalse(repeat.safeNewKey, "a repeat of what is under way must not be sent to a new key")
      yield* latch.open
      yield* Effect.forEach(fibers, Fiber.join)
      assert.strictEqual((yield* submit("one more")).outcome, "sent")
    }).pipe(Effect.provide(harness))
  )

  it.effect("a doubt that a provider status proved meanwhile is returned as sent", () =>
    Effect.gen(function* () {
      const provider = yield* Provider
      const ledger = yield* IntentLedger
      const faults = yield* IntentLedgerFaults
      provider.respondsWith(() =>
        Effect.gen(function* () {
          const intentId = faults.calls.claim.all[0]?.intentId
          if (intentId !== undefined) {
            yield* Effect.orDie(ledger.evidence({ intentId, attempt: 1, status: "delivered", messageId: "m-9" }))
          }
          return yield* noAnswer
        })
      )
      const answer = yield* submit("k1")
      assert.deepStrictEqual([answer.outcome, answer.state, answer.receipt], ["sent", "sent", { messageId: "m-9" }])
    }).pipe(Effect.provide(harness))
  )
})

const refusal = { class: "ProviderError", code: "1", detail: "no" } as const
