import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/testing/TestClock"
import { Channels } from "../../src/connector/channel.ts"
import type { IntentAnswer } from "../../src/outbound/send/intent-result.ts"
import * as Gate from "../../src/outbound/accounts/admission-control.ts"
import * as Intents from "../../src/outbound/submit/intents.ts"
import { AccountsFaults } from "../fakes/accounts.ts"
import { fixture, raw } from "../fakes/channel.ts"
import { refused } from "../fakes/faults.ts"
import { IntentLedgerFaults } from "../fakes/intent-ledger.ts"
import { RecordedLog } from "../fakes/log.ts"
import { LaneProcessor } from "../../src/outbound/queue/process-next.ts"
import { digest } from "../plugins/digest.ts"
import { accept, body, baseLayer, harness, recordOf, submit } from "./harness.ts"
import { noAnswer, notConnected, Provider, sent, status } from "./provider.ts"

const summaryOf = ({
  outcome,
  state,
  safeNewKey,
  tooMany,
  failure,
  retryAfter
}: IntentAnswer): ReadonlyArray<unknown> => [[outcome, state, safeNewKey], failure?.code, tooMany === true, retryAfter]
const rejected = ["failed", "failed", true]

const patiently = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.gen(function* () {
    const fiber = yield* Effect.forkChild(effect)
    yield* TestClock.adjust("2 seconds")
    return yield* Fiber.join(fiber)
  })

describe("G27 pauses", () => {
  for (const [code, why] of [
    [401, "auth"],
    [403, "policy"]
  ] as const) {
    it.effect(
      "the gateway reports successful calls to the store in batches, and all pending ones with a failed call",
      () =>
        Effect.gen(function* () {
          const provider = yield* Provider
          const accounts = yield* AccountsFaults
          for (const key of ["k1", "k2", "k3"]) yield* submit(key)
          yield* TestClock.adjust("500 millis")
          yield* submit("k4")
          provider.respondsWith(() => status(500))
          yield* submit("k5")
          yield* accounts.calls.report.reach(1)
          assert.deepStrictEqual(
            accounts.calls.acquire.all.map(({ succeeded }) => succeeded),
            [0, 1, 0, 2, 0]
          )
          assert.deepStrictEqual(
            accounts.calls.report.all.map(({ succeeded }) => succeeded),
            [1]
          )
        }).pipe(Effect.provide(harness))
    )

    it.effect(`an account pause after a rejection (${why}) stops every send, and the response names the reason`, () =>
      Effect.gen(function* () {
        const provider = yield* Provider
        const ledger = yield* IntentLedgerFaults
        const log = yield* RecordedLog
        provider.respondsWith(() => status(code))
        const first = yield* submit("k1")
        assert.strictEqual(first.failure?.code, String(code))
        assert.deepStrictEqual(summaryOf(yield* submit("k2")), [rejected, `paused_${why}`, false, 60_000])
        assert.strictEqual((yield* submit("k1")).failure?.code, String(code))
        assert.strictEqual((yield* submit("k3", body({ account: "back" }))).failure?.code, String(code))
        assert.strictEqual(provider.sent.all.length, 2)
        assert.strictEqual(ledger.calls.claim.all.length, 2)
        const [line] = log.of("account.paused")
        assert.containSubset(line?.fields, {
          connectorId: "fixture",
          accountId: "front",
          why,
          failureCode: String(code)
        })
      }).pipe(Effect.provide(harness))
    )
  }

  it.effect("a throttle pause lasts as long as its error row says, grows on repetition, and ends at a success", () =>
    Effect.gen(function* () {
      const provider = yield* Provider
      const log = yield* RecordedLog
      provider.respondsWith((nth) => (nth < 3 ? status(428) : sent()))
      yield* submit("k1")
      assert.deepStrictEqual(summaryOf(yield* submit("k1")), [rejected, "paused_throttled", true, 1_000])
      yield* TestClock.adjust("1 second")
      yield* submit("k1")
      assert.deepStrictEqual(summaryOf(yield* submit("k1")), [rejected, "paused_throttled", true, 4_000])
      yield* TestClock.adjust("4 seconds")
      assert.strictEqual((yield* submit("k1")).outcome, "sent")
      assert.strictEqual(provider.sent.all.length, 3)
      assert.lengthOf(log.of("account.paused"), 2)
      assert.lengthOf(log.of("account.resumed"), 2)
    }).pipe(Effect.provide(harness))
  )

  it.effect("a success whose headers announce a throttle pauses the account", () =>
    Effect.gen(function* () {
      const provider = yield* Provider
      provider.respondsWith(() => Effect.succeed({ status: 200, headers: { "x-hold-still": "90" }, body: "m-1" }))
      assert.strictEqual((yield* submit("k1")).outcome, "sent")
      assert.deepStrictEqual(summaryOf(yield* submit("k2")), [rejected, "paused_throttled", true, 90_000])
      yield* TestClock.adjust("90 seconds")
      assert.strictEqual((yield* submit("k2")).outcome, "sent")
    }).pipe(Effect.provide(harness))
  )

  it.effect("a pause of one recipient holds that recipient alone, for 4^n seconds", () =>
    Effect.gen(function* () {
      const provider = yield* Provider
      provider.respondsWith((nth) => (nth < 3 ? status(420) : sent()))
      yield* submit("k1")
      assert.deepStrictEqual(summaryOf(yield* submit("k1")), [rejected, "paused_recipient", true, 1_000])
      yield* TestClock.adjust("1 second")
      yield* submit("k1")
      assert.deepStrictEqual(summaryOf(yield* submit("k1")), [rejected, "paused_recipient", true, 4_000])
      assert.strictEqual((yield* submit("k2", body({ to: "+1666" }))).outcome, "sent")
      yield* TestClock.adjust("4 seconds")
      assert.strictEqual((yield* submit("k1")).outcome, "sent")
    }).pipe(Effect.provide(harness))
  )

  it.effect("a pause delays an accepted intent and does not fail it", () =>
    Effect.gen(function* () {
      const provider = yield* Provider
      const { processNext } = yield* LaneProcessor
      provider.respondsWith((nth) => (nth === 1 ? status(428) : sent()))
      yield* submit("k1")
      const { intentId } = yield* accept("k2")
      assert.deepStrictEqual(yield* processNext(intentId), { _tag: "RetryAfter", millis: 1_000 })
      assert.deepStrictEqual([(yield* recordOf(intentId)).state, provider.sent.all.length], ["accepted", 1])
      yield* TestClock.adjust("1 second")
      assert.deepStrictEqual(yield* processNext(intentId), { _tag: "Done" })
      assert.strictEqual((yield* recordOf(intentId)).state, "sent")
    }).pipe(Effect.provide(harness))
  )

  it.effect("a pause that the store did not write is written later", () =>
    Effect.gen(function* () {
      const provider = yield* Provider
      const accounts = yield* AccountsFaults
      accounts.next("report", refused(), refused())
      provider.respondsWith(() => status(401))
      yield* submit("k1")
      yield* TestClock.adjust("1 second")
      assert.strictEqual(accounts.calls.report.all.length, 3)
      assert.strictEqual((yield* submit("k2")).failure?.code, "paused_auth")
      assert.strictEqual(provider.sent.all.length, 1)
    }).pipe(Effect.provide(harness))
  )
})

describe("G27 circuit breaker of an account", () => {
  const keys = (from: number, many: number) => Array.from({ length: many }, (_, n) => `k${from + n}`)

  for (const [name, end] of [
    ["calls that cannot connect", notConnected],
    ["calls without an answer", undefined]
  ] as const) {
    it.effect(`the breaker opens for ${name}, and one call probes after 30 s`, () =>
      Effect.gen(function* () {
        const provider = yield* Provider
        let away = true
        if (end === undefined) provider.respondsWith(() => (away ? noAnswer : sent()))
        else provider.connects(() => (away ? end : Effect.void))
        for (const key of keys(0, 10)) yield* patiently(submit(key))
        const callsBefore = provider.attempts.all.length
        assert.deepStrictEqual(summaryOf(yield* submit("k10")).slice(0, 3), [rejected, "paused_breaker", false])
        assert.strictEqual(provider.attempts.all.length, callsBefore)
        away = false
        yield* TestClock.adjust("30 seconds")
        assert.strictEqual((yield* submit("k10")).outcome, "sent")
        assert.strictEqual((yield* submit("k11")).outcome, "sent")
      }).pipe(Effect.provide(harness))
    )
  }

  it.effect("the breaker does not open for certain provider rejections, nor for mistakes in the payload", () =>
    Effect.gen(function* () {
      const provider = yield* Provider
      provider.respondsWith((nth) => status(nth % 2 === 0 ? 400 : 422))
      for (const key of keys(0, 30)) yield* submit(key)
      assert.strictEqual(provider.sent.all.length, 30)
    }).pipe(Effect.provide(harness))
  )

  it.effect("the breaker does not open while less than half of the calls fail", () =>
    Effect.gen(function* () {
      const provider = yield* Provider
      provider.respondsWith((nth) => (nth % 3 === 0 ? noAnswer : sent()))
      for (const key of keys(0, 30)) yield* submit(key)
      assert.strictEqual(provider.sent.all.length, 30)
    }).pipe(Effect.provide(harness))
  )
})

/** A token that somebody rotates, known at once to who asks for it. */
const rotatable = Effect.gen(function* () {
  let token = "of yesterday"
  const current = (ref: string) => Redacted.make(ref === "fixture/front" ? token : ref)
  const { bind } = yield* Effect.fromResult(fixture.configure(raw))
  const handle = (ref: string) => Effect.succeed({ current: () => current(ref), candidates: () => [current(ref)] })
  const channel = yield* bind(handle, digest)
  const channels = Layer.succeed(Channels, new Map([["fixture", channel]]))
  const around = Intents.layer({ drain: 1_000 }).pipe(
    Layer.provideMerge(Gate.layer),
    Layer.provide(channels),
    Layer.provideMerge(baseLayer)
  )
  return { around, rotate: () => void (token = "of today") }
}).pipe(Effect.orDie)

describe("G27 rotated access tokens", () => {
  it.effect("a call rejected with a token rotated meanwhile is repeated with the new token under the same claim", () =>
    Effect.gen(function* () {
      const { around, rotate } = yield* rotatable
      yield* Effect.gen(function* () {
        const provider = yield* Provider
        const log = yield* RecordedLog
        provider.respondsWith((nth) => (nth > 1 ? sent() : Effect.andThen(Effect.sync(rotate), status(401))))
        assert.strictEqual((yield* submit("k1")).outcome, "sent")
        assert.strictEqual((yield* submit("k2")).outcome, "sent")
        assert.strictEqual(provider.sent.all.length, 3)
        assert.lengthOf(log.of("account.paused"), 0)
      }).pipe(Effect.provide(around))
    })
  )

  it.effect("a rejection of the former token does not pause the account that has a new one", () =>
    Effect.gen(function* () {
      const { around, rotate } = yield* rotatable
      yield* Effect.gen(function* () {
        const provider = yield* Provider
        const late = Effect.andThen(Effect.delay(Effect.sync(rotate), "6 seconds"), status(401))
        provider.respondsWith((nth) => (nth > 1 ? sent() : late))
        const first = yield* Effect.forkChild(submit("k1"))
        yield* TestClock.adjust("6 seconds")
        assert.strictEqual((yield* Fiber.join(first)).failure?.code, "401")
        assert.strictEqual((yield* submit("k2")).outcome, "sent")
        assert.strictEqual(provider.sent.all.length, 2)
      }).pipe(Effect.provide(around))
    })
  )
})
