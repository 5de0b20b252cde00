import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Latch from "effect/Latch"
import * as Layer from "effect/Layer"
import * as Semaphore from "effect/Semaphore"
import * as TestClock from "effect/testing/TestClock"
import { intentResponse } from "../../src/http/server/intent-response.ts"
import { IntentId } from "../../src/domain/ids.ts"
import { IntentLanes } from "../../src/outbound/queue/intent-lanes.ts"
import { IntentLedger } from "../../src/outbound/ledger/intent-ledger.ts"
import * as Gate from "../../src/outbound/accounts/admission-control.ts"
import * as Intents from "../../src/outbound/submit/intents.ts"
import { performLanes } from "../../src/outbound/queue/worker.ts"
import { acceptedLife, doubtHold } from "../../src/outbound/queue/process-next.ts"
import { RecordedLog } from "../fakes/log.ts"
import { appliedAndLost, lost, refused } from "../fakes/faults.ts"
import { IntentLedgerFaults } from "../fakes/intent-ledger.ts"
import { accept, body, baseLayer, harness, recordOf, sweeping, submit, takePartitions } from "./harness.ts"
import { noAnswer, Provider, sent, status } from "./provider.ts"

/** This replica's worker of every partition. */
const working = Effect.gen(function* () {
  const slots = Semaphore.makeUnsafe(8)
  const owners = yield* takePartitions
  return yield* Effect.forkChild(Effect.forEach(owners, (owner) => performLanes(owner, slots), { concurrency: 8 }))
})

const bodyOf = (text: string, to = "+1555") => body({ to, input: { text } })

const textsSent = Effect.map(Provider, (provider) =>
  provider.sent.all.map((request): unknown => JSON.parse(request.body ?? "{}").text)
)

describe("accepted intents", () => {
  it.effect("G24 an accepted intent is answered before it is performed, and a worker performs it", () =>
    Effect.gen(function* () {
      const provider = yield* Provider
      const answer = yield* accept("k1")
      assert.strictEqual(answer.outcome, "accepted")
      assert.strictEqual(answer.state, "accepted")
      assert.isFalse(answer.safeNewKey)
      assert.strictEqual(provider.attempts.all.length, 0)
      const repeat = yield* submit("k1")
      assert.strictEqual(repeat.outcome, "deduped")
      assert.strictEqual(repeat.state, "accepted")
      assert.strictEqual(provider.attempts.all.length, 0)
      yield* working
      yield* provider.sent.reach(1)
      yield* TestClock.adjust("1 second")
      assert.strictEqual((yield* recordOf(answer.intentId)).state, "sent")
      const after = yield* accept("k1")
      assert.strictEqual(after.outcome, "deduped")
      assert.strictEqual(after.state, "sent")
      assert.strictEqual(provider.sent.all.length, 1)
    }).pipe(Effect.provide(harness))
  )

  it.effect(
    "I8 accepted intents are performed in the order of their conversation, and a stuck one delays no other conversation",
    () =>
      Effect.gen(function* () {
        const provider = yield* Provider
        const latch = yield* Latch.make(false)
        provider.respondsWith((_, request) =>
          String(request.body).includes('"one-1"') ? Effect.andThen(latch.await, sent()) : sent()
        )
        for (const n of [1, 2, 3]) yield* accept(`a${n}`, bodyOf(`one-${n}`))
        for (const n of [1, 2, 3]) yield* accept(`b${n}`, bodyOf(`two-${n}`, "+1666"))
        yield* working
        yield* provider.sent.reach(4)
        yield* TestClock.adjust("1 second")
        assert.deepStrictEqual((yield* textsSent).toSorted(), ["one-1", "two-1", "two-2", "two-3"])
        yield* latch.open
        yield* provider.sent.reach(6)
        const texts = yield* textsSent
        assert.deepStrictEqual(
          texts.filter((text) => String(text).startsWith("one")),
          ["one-1", "one-2", "one-3"]
        )
      }).pipe(Effect.provide(harness))
  )

  it.effect("a transient failure holds its conversation alone, and the worker retries it under the same intent", () =>
    Effect.gen(function* () {
      const provider = yield* Provider
      let refusals = 3
      provider.respondsWith((_, request) => {
        if (!String(request.body).includes('"one-1"') || refusals === 0) return sent()
        refusals -= 1
        return status(429)
      })
      const first = yield* accept("a1", bodyOf("one-1"))
      yield* accept("a2", bodyOf("one-2"))
      yield* accept("b1", bodyOf("two-1", "+1666"))
      yield* working
      yield* provider.sent.reach(2)
      yield* TestClock.adjust("6 seconds")
      assert.deepStrictEqual((yield* textsSent).toSorted(), ["one-1", "two-1"])
      const waiting = yield* recordOf(first.intentId)
      assert.strictEqual(waiting.state, "accepted")
      assert.strictEqual(waiting.failure?.code, "429")
      yield* TestClock.adjust("2 minutes")
      const texts = (yield* textsSent).filter((text) => text !== "two-1")
      assert.deepStrictEqual(texts, ["one-1", "one-1", "one-1", "one-1", "one-2"])
      const record = yield* recordOf(first.intentId)
      assert.strictEqual(record.state, "sent")
      assert.strictEqual(record.attempt, 4)
    }).pipe(Effect.provide(harness))
  )

  it.effect("a worker sends nothing to a conversation before the time in the provider's Retry-After", () =>
    Effect.gen(function* () {
      const provider = yield* Provider
      provider.respondsWith((nth) => (nth === 1 ? status(429) : sent()))
      yield* accept("a1")
      yield* working
      yield* provider.sent.reach(1)
      yield* TestClock.adjust("6900 millis")
      assert.strictEqual(provider.sent.all.length, 1)
      yield* TestClock.adjust("2 seconds")
      assert.strictEqual(provider.sent.all.length, 2)
    }).pipe(Effect.provide(harness))
  )

  it.effect(
    "G26 a doubt holds its lane for two minutes, then the lane continues, and the doubt is not sent again",
    () =>
      Effect.gen(function* () {
        const provider = yield* Provider
        provider.respondsWith((nth) => (nth === 1 ? noAnswer : sent()))
        const first = yield* accept("a1", bodyOf("one-1"))
        yield* accept("a2", bodyOf("one-2"))
        yield* working
        yield* provider.sent.reach(1)
        yield* TestClock.adjust(doubtHold - 1_000)
        assert.deepStrictEqual(yield* textsSent, ["one-1"])
        yield* TestClock.adjust(2_000)
        assert.deepStrictEqual(yield* textsSent, ["one-1", "one-2"])
        yield* TestClock.adjust("1 hour")
        assert.strictEqual(provider.sent.all.length, 2)
        assert.strictEqual((yield* recordOf(first.intentId)).state, "in_doubt")
      }).pipe(Effect.provide(harness))
  )

  it.effect("a resolved doubt lets its lane continue at the next check, not later than the hold", () =>
    Effect.gen(function* () {
      const provider = yield* Provider
      const ledger = yield* IntentLedger
      provider.respondsWith((nth) => (nth === 1 ? noAnswer : sent()))
      const first = yield* accept("a1", bodyOf("one-1"))
      yield* accept("a2", bodyOf("one-2"))
      yield* working
      yield* provider.sent.reach(1)
      yield* ledger.evidence({ intentId: first.intentId, attempt: 1, status: "sent" })
      yield* TestClock.adjust(doubtHold + 1_000)
      assert.deepStrictEqual(yield* textsSent, ["one-1", "one-2"])
    }).pipe(Effect.provide(harness))
  )

  it.effect("a permanent rejection ends an accepted intent, and its lane continues", () =>
    Effect.gen(function* () {
      const provider = yield* Provider
      provider.respondsWith((nth) => (nth === 1 ? status(400) : sent()))
      const first = yield* accept("a1", bodyOf("one-1"))
      yield* accept("a2", bodyOf("one-2"))
      yield* working
      yield* provider.sent.reach(2)
      assert.strictEqual((yield* recordOf(first.intentId)).state, "failed")
      const lanes = yield* IntentLanes
      yield* TestClock.adjust("1 second")
      assert.strictEqual(yield* lanes.open, 0)
    }).pipe(Effect.provide(harness))
  )

  it.effect("an accepted intent that no worker performs within a day fails with certainty `not_applied`", () =>
    Effect.gen(function* () {
      const provider = yield* Provider
      const { intentId } = yield* accept("a1")
      yield* TestClock.adjust(acceptedLife)
      yield* accept("a2", bodyOf("one-2"))
      yield* working
      yield* provider.sent.reach(1)
      const record = yield* recordOf(intentId)
      assert.strictEqual(record.state, "failed")
      assert.strictEqual(record.failure?.code, "not_performed_in_time")
      assert.strictEqual(record.failure?.certainty, "not_applied")
      assert.deepStrictEqual(yield* textsSent, ["one-2"])
      assert.strictEqual((yield* accept("a1")).outcome, "accepted")
    }).pipe(Effect.provide(harness))
  )
})

/** The key of `first` alone is lost from now on. */
const withoutKeyOf = (first: () => IntentId | undefined) =>
  Intents.layer({ drain: 1_000 }).pipe(
    Layer.provide(
      Layer.effect(
        IntentLedger,
        Effect.map(IntentLedger, (ledger) => ({
          ...ledger,
          kept: (intentId: IntentId) =>
            Effect.map(ledger.kept(intentId), (kept) => {
              if (kept === undefined || kept === "expired" || intentId !== first()) return kept
              const { request: _request, ...rest } = kept
              return { ...rest, unreadable: true as const }
            })
        }))
      )
    ),
    Layer.provideMerge(Gate.layer),
    Layer.provideMerge(baseLayer)
  )

describe("G36 accepted intents without a data key", () => {
  it.effect("an accepted intent that no key decrypts fails after a day, and its conversation continues", () =>
    Effect.suspend(() => {
      let first: IntentId | undefined
      return Effect.gen(function* () {
        const provider = yield* Provider
        const log = yield* RecordedLog
        first = (yield* accept("a1")).intentId
        yield* TestClock.adjust(acceptedLife - 60_000)
        yield* accept("a2", bodyOf("one-2"))
        yield* working
        yield* log.waitFor("intent.unreadable")
        assert.lengthOf(provider.attempts.all, 0)
        assert.strictEqual((yield* recordOf(first)).state, "accepted")
        yield* TestClock.adjust("2 minutes")
        assert.deepStrictEqual(yield* textsSent, ["one-2"])
        const { state, failure } = yield* recordOf(first)
        assert.deepStrictEqual(
          [state, failure?.code, failure?.certainty],
          ["failed", "not_performed_in_time", "not_applied"]
        )
      }).pipe(Effect.provide(withoutKeyOf(() => first)))
    })
  )

  it.effect("G26 a doubt that no key decrypts holds its conversation no longer than any other doubt", () =>
    Effect.suspend(() => {
      let first: IntentId | undefined
      return Effect.gen(function* () {
        const provider = yield* Provider
        provider.respondsWith((nth) => (nth === 1 ? noAnswer : sent()))
        const { intentId } = yield* accept("a1")
        yield* accept("a2", bodyOf("one-2"))
        yield* working
        yield* provider.sent.reach(1)
        first = intentId
        yield* TestClock.adjust(doubtHold + 1_000)
        assert.strictEqual((yield* recordOf(intentId)).state, "in_doubt")
        assert.deepStrictEqual(yield* textsSent, ["hello", "one-2"])
      }).pipe(Effect.provide(withoutKeyOf(() => first)))
    })
  )
})

describe("G24 acceptance", () => {
  it.effect("an intent is not reported as accepted when the store certainly did not write it", () =>
    Effect.gen(function* () {
      const ledger = yield* IntentLedgerFaults
      ledger.next("accept", refused())
      const answer = yield* accept("k1")
      assert.strictEqual(answer.outcome, "failed")
      assert.strictEqual(answer.failure?.certainty, "not_applied")
      assert.isFalse(answer.safeNewKey)
      assert.strictEqual((yield* accept("k1")).outcome, "accepted")
    }).pipe(Effect.provide(harness))
  )

  it.effect("an acceptance whose response is lost is written again with the same token and counts once", () =>
    Effect.gen(function* () {
      const ledger = yield* IntentLedgerFaults
      ledger.next("accept", appliedAndLost())
      const answer = yield* accept("k1")
      assert.strictEqual(answer.outcome, "accepted")
      assert.strictEqual(new Set(ledger.calls.accept.all.map(({ token }) => token)).size, 1)
      assert.lengthOf((yield* recordOf(answer.intentId)).timeline, 1)
    }).pipe(Effect.provide(harness))
  )

  it.effect(
    "I2 an ambiguous acceptance is answered 503 with Retry-After, and the same key completes it with one send",
    () =>
      Effect.gen(function* () {
        const ledger = yield* IntentLedgerFaults
        const provider = yield* Provider
        ledger.next("accept", appliedAndLost(), lost())
        const answer = yield* accept("k1")
        assert.strictEqual(answer.outcome, "failed")
        assert.isFalse(answer.safeNewKey)
        assert.deepInclude(answer.failure, { code: "acceptance_unknown", certainty: "unknown", transient: true })
        const { status, headers } = intentResponse(answer)
        assert.deepStrictEqual([status, headers["retry-after"]], [503, "1"])
        yield* sweeping
        yield* TestClock.adjust("1 second")
        yield* working
        yield* provider.sent.reach(1)
        yield* TestClock.adjust("1 minute")
        assert.strictEqual(provider.sent.all.length, 1)
        assert.strictEqual((yield* accept("k1")).state, "sent")
      }).pipe(Effect.provide(harness))
  )

  it.effect("a caller that disconnects does not interrupt the acceptance of its intent (G17)", () =>
    Effect.gen(function* () {
      const ledger = yield* IntentLedgerFaults
      const provider = yield* Provider
      const latch = yield* Latch.make(false)
      ledger.next("accept", (inner) => Effect.andThen(latch.await, inner))
      const caller = yield* Effect.forkChild(accept("k1"))
      yield* ledger.calls.accept.reach(1)
      yield* Fiber.interrupt(caller)
      yield* latch.open
      yield* working
      yield* provider.sent.reach(1)
    }).pipe(Effect.provide(harness))
  )

  it.effect("the sweeper queues once an accepted intent whose replica died before it wrote the lane entry", () =>
    Effect.gen(function* () {
      const ledger = yield* IntentLedger
      const provider = yield* Provider
      const ledgerFaults = yield* IntentLedgerFaults
      const lanes = yield* IntentLanes
      yield* accept("k1")
      const [acceptance] = ledgerFaults.calls.accept.all
      assert.isDefined(acceptance)
      const intentId = IntentId.make(`int_${"7".repeat(32)}`)
      yield* ledger.accept({ ...acceptance, intentId, token: "of one that died" })
      assert.strictEqual(yield* lanes.open, 1)
      yield* sweeping
      yield* TestClock.adjust("30 seconds")
      yield* working
      yield* provider.sent.reach(2)
      yield* TestClock.adjust("1 minute")
      assert.strictEqual(provider.sent.all.length, 2)
      assert.strictEqual((yield* recordOf(intentId)).state, "sent")
      assert.strictEqual(yield* lanes.open, 0)
    }).pipe(Effect.provide(harness))
  )

  it.effect("an unavailable store delays a worker that processes an intent, and nothing is sent twice", () =>
    Effect.gen(function* () {
      const ledger = yield* IntentLedgerFaults
      const provider = yield* Provider
      ledger.next("kept", refused(), lost())
      ledger.next("claim", refused(), appliedAndLost(), lost())
      ledger.next("settle", refused(), lost(), appliedAndLost())
      const { intentId } = yield* accept("k1")
      yield* working
      yield* TestClock.adjust("3 minutes")
      assert.strictEqual(provider.sent.all.length, 1)
      assert.strictEqual((yield* recordOf(intentId)).state, "sent")
      const log = yield* RecordedLog
      assert.isNotEmpty(log.of("intent.waits"))
    }).pipe(Effect.provide(harness))
  )
})
