import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as TestClock from "effect/testing/TestClock"
import * as MemoryLedger from "../../../layers/memory/intent-ledger.ts"
import type { InboundEvent } from "../../../src/domain/event.ts"
import { type IntentId, ProviderAccountId } from "../../../src/domain/ids.ts"
import { AccountId, CapabilityId, ConnectorId } from "../../../src/domain/ids.ts"
import { Personal } from "../../../src/domain/personal.ts"
import { EventLog } from "../../../src/inbound/event-log/event-log.ts"
import { reconcile } from "../../../src/inbound/reconcile/reconcile.ts"
import { IntentLedger, sightingLife } from "../../../src/outbound/ledger/intent-ledger.ts"
import { receiptMark } from "../../../src/identity/derive.ts"
import { IdHash } from "../../../src/secrets/id-hash.ts"
import { claimOf, newId, unknown } from "../../contracts/intent-ledger/subject.ts"
import { fixtureChannels } from "../../fakes/channel.ts"
import { RecordedLog } from "../../fakes/log.ts"
import { admitted, entryOf, eventOf, baseLayer, owner } from "../harness.ts"

const front = {
  connector: ConnectorId.make("fixture"),
  account: AccountId.make("front"),
  providerAccount: ProviderAccountId.make("100")
}
const wish = { connector: "fixture", account: "front", capability: "say", to: "+1555", input: { text: "hello" } }
const testLayer = Layer.mergeAll(baseLayer, fixtureChannels, Layer.provide(MemoryLedger.layer(), baseLayer))

const claimedAt = 1_000_000
let events = 0
const hello = { text: "hello", to: "+1555" }
const echoOf = (providerId: string, content = hello, after = 500): InboundEvent =>
  eventOf(++events, events, {
    ...front,
    kind: "echo",
    type: "fixture.echo.text",
    occurredAt: claimedAt + after,
    personal: Personal.of({ providerId, content })
  })

const harness = Effect.gen(function* () {
  yield* TestClock.adjust(claimedAt + 100)
  const ledger = yield* IntentLedger
  const hash = yield* IdHash
  const log = yield* EventLog
  return {
    ledger,
    claims: (intentId: IntentId) => {
      const { meta, ...claim } = claimOf(intentId)
      const capabilityId = CapabilityId.make("fixture.say")
      const its = { ...meta, connector: front.connector, account: front.account, capabilityId }
      return ledger.claim({ ...claim, meta: its, request: JSON.stringify(wish) })
    },
    doubts: (intentId: IntentId) => ledger.settle(intentId, 1, "token-1", { state: "in_doubt", failure: unknown }),
    sends: (intentId: IntentId, messageId: string) =>
      ledger.settle(intentId, 1, "token-1", {
        state: "sent",
        receipt: { messageId },
        mark: receiptMark(hash, front, messageId)
      }),
    admitEvent: (event: InboundEvent) => Effect.flatMap(entryOf(event, ["ledger"]), (entry) => admitted(entry)),
    begin: Effect.flatMap(owner, (own) => Effect.forkChild(reconcile(own))),
    stateOf: (intentId: IntentId) =>
      Effect.map(ledger.get(intentId), (found) => (found === undefined || found === "expired" ? found : found.state)),
    waiting: Effect.map(
      Effect.all([log.pending(0, "ledger", 0, 100), log.pending(1, "ledger", 0, 100)]),
      (all) => all.flat().length
    )
  }
})

describe("G20 echoes without callback data", () => {
  it.effect("an echo proves the one doubt that it matches, and an unlike echo to that person proves nothing", () =>
    Effect.gen(function* () {
      const { claims, doubts, admitEvent, begin, stateOf, ledger, waiting } = yield* harness
      const id = newId()
      yield* claims(id)
      yield* doubts(id)
      yield* admitEvent(echoOf("m-other", { text: "something else", to: "+1555" }))
      yield* admitEvent(echoOf("m-1"))
      yield* begin
      yield* TestClock.adjust("1 second")
      assert.strictEqual(yield* stateOf(id), "sent")
      const record = yield* ledger.get(id)
      if (record === undefined || record === "expired") return assert.fail("no record")
      assert.deepStrictEqual(record.receipt, { messageId: "m-1" })
      assert.strictEqual(record.timeline.at(-1)?.what, "echo")
      assert.strictEqual(yield* waiting, 0)
    }).pipe(Effect.provide(testLayer))
  )

  it.effect(
    "an echo that precedes the provider's response stays pending until that arrives, and delays no other echo",
    () =>
      Effect.gen(function* () {
        const { claims, doubts, sends, admitEvent, begin, stateOf, waiting } = yield* harness
        const [answered, lost] = [newId(), newId()]
        yield* claims(answered)
        yield* admitEvent(echoOf("m-1"))
        yield* admitEvent(echoOf("m-2", { text: "not ours", to: "+1555" }))
        yield* begin
        yield* TestClock.adjust("3 seconds")
        assert.strictEqual(yield* stateOf(answered), "claimed")
        assert.strictEqual(yield* waiting, 1)
        yield* sends(answered, "m-1")
        yield* TestClock.adjust("10 seconds")
        assert.strictEqual(yield* waiting, 0)
        yield* claims(lost)
        yield* admitEvent(echoOf("m-3", hello, 60_000))
        yield* TestClock.adjust("3 seconds")
        assert.strictEqual(yield* stateOf(lost), "claimed")
        yield* doubts(lost)
        yield* TestClock.adjust("10 seconds")
        assert.strictEqual(yield* stateOf(lost), "sent")
        assert.strictEqual(yield* waiting, 0)
      }).pipe(Effect.provide(testLayer))
  )

  it.effect("an echo proves no doubt when it is another intent's receipt or matches two doubts", () =>
    Effect.gen(function* () {
      const { claims, doubts, sends, admitEvent, begin, stateOf, waiting } = yield* harness
      const [sent, doubted, twin] = [newId(), newId(), newId()]
      for (const id of [sent, doubted]) yield* claims(id)
      yield* sends(sent, "m-1")
      yield* doubts(doubted)
      yield* admitEvent(echoOf("m-1"))
      yield* begin
      yield* TestClock.adjust("2 seconds")
      assert.strictEqual(yield* stateOf(doubted), "in_doubt")
      yield* claims(twin)
      yield* doubts(twin)
      yield* admitEvent(echoOf("m-2", hello, 5_000))
      yield* TestClock.adjust("2 seconds")
      for (const id of [doubted, twin]) assert.strictEqual(yield* stateOf(id), "in_doubt")
      const { of } = yield* RecordedLog
      const codes = () => of("evidence.ignored").map(({ fields }) => fields.failureCode)
      assert.deepStrictEqual(codes(), ["ambiguous"])
      yield* TestClock.adjust("10 minutes")
      assert.strictEqual(yield* waiting, 1)
      assert.deepStrictEqual(codes(), ["ambiguous"])
    }).pipe(Effect.provide(testLayer))
  )

  it.effect("an undecided echo is given up after the evidence window", () =>
    Effect.gen(function* () {
      const { claims, doubts, admitEvent, begin, stateOf, waiting } = yield* harness
      const twins = [newId(), newId()]
      for (const id of twins) yield* Effect.andThen(claims(id), doubts(id))
      yield* admitEvent(echoOf("m-1"))
      yield* TestClock.adjust(sightingLife - 60_000)
      yield* begin
      yield* TestClock.adjust("30 seconds")
      assert.strictEqual(yield* waiting, 1)
      yield* TestClock.adjust("10 minutes")
      assert.strictEqual(yield* waiting, 0)
      for (const id of twins) assert.strictEqual(yield* stateOf(id), "in_doubt")
      const { of } = yield* RecordedLog
      assert.lengthOf(of("evidence.ignored"), 2)
    }).pipe(Effect.provide(testLayer))
  )

  it.effect("G49 an echo that matches two doubts proves the remaining one when the other has ended", () =>
    Effect.gen(function* () {
      const { claims, doubts, admitEvent, begin, stateOf, ledger, waiting } = yield* harness
      const [doubted, twin] = [newId(), newId()]
      for (const id of [doubted, twin]) yield* Effect.andThen(claims(id), doubts(id))
      yield* admitEvent(echoOf("m-1"))
      const worker = yield* begin
      yield* TestClock.adjust("10 minutes")
      assert.strictEqual(yield* waiting, 1)
      // A restart does not lose it either.
      yield* Fiber.interrupt(worker)
      yield* ledger.resolve({ intentId: twin, verdict: "not_sent" })
      yield* begin
      yield* TestClock.adjust("1 second")
      assert.strictEqual(yield* stateOf(doubted), "sent")
      assert.strictEqual(yield* stateOf(twin), "failed")
      assert.strictEqual(yield* waiting, 0)
    }).pipe(Effect.provide(testLayer))
  )

  it.effect("an echo proves nothing when it was created later than the call can have caused it", () =>
    Effect.gen(function* () {
      const { claims, doubts, admitEvent, begin, stateOf, waiting } = yield* harness
      const id = newId()
      yield* Effect.andThen(claims(id), doubts(id))
      yield* TestClock.adjust("3 hours")
      yield* admitEvent(echoOf("m-30", hello, 30 * 86_400_000))
      yield* admitEvent(echoOf("m-1", hello, 2 * 3_600_000 + 101))
      yield* begin
      yield* TestClock.adjust("1 minute")
      assert.strictEqual(yield* stateOf(id), "in_doubt")
      assert.strictEqual(yield* waiting, 0)
      yield* admitEvent(echoOf("m-2", hello, 2 * 3_600_000))
      yield* TestClock.adjust("1 minute")
      assert.strictEqual(yield* stateOf(id), "sent")
    }).pipe(Effect.provide(testLayer))
  )
})
