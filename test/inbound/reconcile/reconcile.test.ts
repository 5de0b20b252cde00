import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Latch from "effect/Latch"
import * as Layer from "effect/Layer"
import * as TestClock from "effect/testing/TestClock"
import * as MemoryLedger from "../../../layers/memory/intent-ledger.ts"
import type { Evidence, InboundEvent } from "../../../src/domain/event.ts"
import {
  AccountId,
  CapabilityId,
  ConnectorId,
  CorrelationId,
  IntentId,
  ProviderAccountId
} from "../../../src/domain/ids.ts"
import { failureReport } from "../../../src/domain/failure.ts"
import { EventLog } from "../../../src/inbound/event-log/event-log.ts"
import { orphanLife } from "../../../src/inbound/reconcile/evidence.ts"
import { reconcile } from "../../../src/inbound/reconcile/reconcile.ts"
import * as Workers from "../../../src/inbound/workers.ts"
import { encodeCallbackData } from "../../../src/outbound/intent/callback-data.ts"
import { IntentLedger } from "../../../src/outbound/ledger/intent-ledger.ts"
import { Deployment } from "../../../src/deployment/deployment.ts"
import { IdHash } from "../../../src/secrets/id-hash.ts"
import { fixtureChannels } from "../../fakes/channel.ts"
import { EventLogFaults } from "../../fakes/event-log.ts"
import { appliedAndLost, infra, refused } from "../../fakes/faults.ts"
import { faultyIntentLedger, IntentLedgerFaults } from "../../fakes/intent-ledger.ts"
import { scriptedIntents } from "../../fakes/intents.ts"
import { RecordedLog } from "../../fakes/log.ts"
import { acknowledged, ScriptedRuntime } from "../../fakes/runtime.ts"
import { NotificationWaits } from "../../fakes/notifications.ts"
import { admitted, entryOf, eventOf, baseLayer, owner } from "../harness.ts"

const testLayer = Layer.mergeAll(
  baseLayer,
  fixtureChannels,
  scriptedIntents,
  faultyIntentLedger(Layer.provide(MemoryLedger.layer(), baseLayer))
)

const intentId = IntentId.make(`int_${"7".repeat(32)}`)
const otherIntent = IntentId.make(`int_${"8".repeat(32)}`)
const thread = CorrelationId.make(`cor_${"9".repeat(32)}`)

/** Where the claimed intent was sent from. */
const front = {
  connector: ConnectorId.make("fixture"),
  account: AccountId.make("front"),
  providerAccount: ProviderAccountId.make("100")
}

let events = 0
const statusOf = (evidence: Evidence, over: Partial<InboundEvent> = front): InboundEvent =>
  eventOf(++events, events, { kind: "status", type: `fixture.status.${evidence.status}`, evidence, ...over })

const claim = Effect.fnUntraced(function* (id = intentId, token = "token") {
  const ledger = yield* IntentLedger
  const claimed = yield* ledger.claim({
    intentId: id,
    token,
    content: "content",
    callMillis: 60_000,
    meta: {
      connector: front.connector,
      account: front.account,
      capabilityId: CapabilityId.make("fixture.post"),
      protection: "verified",
      correlationId: thread
    }
  })
  assert.strictEqual(claimed._tag, "Claimed")
})

/** The first attempt did nothing, and a second one is under way. */
const claimAgain = Effect.gen(function* () {
  const ledger = yield* IntentLedger
  const failure = failureReport(infra("not_applied"))
  yield* ledger.settle(intentId, 1, "token", { state: "failed", failure })
  yield* claim(intentId, "another")
})

/** An intent under way, a way to let statuses come, and the reconciler at work on them. */
const harness = Effect.gen(function* () {
  yield* claim()
  const hash = yield* IdHash
  const { id: deployment } = yield* Deployment
  const ledger = yield* IntentLedger
  const events = yield* EventLog
  const waits = yield* NotificationWaits
  const ours = (attempt = 1, intent = intentId, of = deployment) =>
    encodeCallbackData(hash, of, front, { intentId: intent, attempt })
  const admitEvent = (event: InboundEvent) => Effect.flatMap(entryOf(event, ["ledger"]), (entry) => admitted(entry))
  const begin = Effect.flatMap(owner, (own) => Effect.forkChild(reconcile(own)))
  const record = Effect.map(ledger.get(intentId), (found) =>
    found === undefined || found === "expired" ? assert.fail("expected a record") : found
  )
  return {
    ours,
    admitEvent,
    begin,
    record,
    deployment,
    store: yield* EventLogFaults,
    ledgerFaults: yield* IntentLedgerFaults,
    log: yield* RecordedLog,
    /** Every status that had come is handled, by the only worker that came so far. */
    idle: waits.next.reach(1),
    waiting: Effect.map(events.pending(0, "ledger", 0, 100), ({ length }) => length)
  }
})

describe("statuses", () => {
  it.effect("a status with our callback data proves its intent, and is then acknowledged", () =>
    Effect.gen(function* () {
      const { ours, admitEvent, begin, record, idle, log, waiting } = yield* harness
      yield* admitEvent(statusOf({ status: "delivered", callbackData: ours() }))
      yield* begin
      const [line] = yield* log.waitFor("evidence.applied")
      yield* idle
      assert.deepInclude(yield* record, { state: "sent", delivery: "delivered" })
      assert.strictEqual(yield* waiting, 0)
      assert.strictEqual(line?.fields.correlationId, thread)
      assert.strictEqual(line?.fields.dedupeKey, intentId)
    }).pipe(Effect.provide(testLayer))
  )

  it.effect("G19 statuses move an intent only forward, in whatever order they arrive", () =>
    Effect.gen(function* () {
      const { ours, admitEvent, begin, record, log } = yield* harness
      for (const status of ["delivered", "sent", "failed", "read", "delivered", "of_tomorrow"]) {
        yield* admitEvent(statusOf({ status, callbackData: ours() }))
      }
      yield* begin
      yield* log.waitFor("evidence.applied", 6)
      assert.deepInclude(yield* record, { state: "sent", delivery: "read" })
    }).pipe(Effect.provide(testLayer))
  )

  it.effect("a failed status is classified by the connector's own error table", () =>
    Effect.gen(function* () {
      const { ours, admitEvent, begin, ledgerFaults } = yield* harness
      for (const code of ["410", "999", undefined, "no code: +1555"]) {
        yield* admitEvent(statusOf({ status: "failed", callbackData: ours(), ...(code === undefined ? {} : { code }) }))
      }
      yield* begin
      const evidence = yield* ledgerFaults.calls.evidence.reach(4)
      assert.deepStrictEqual(
        evidence.map(({ failure }) => [failure?.class, failure?.code, failure?.certainty]),
        [
          ["PayloadError", "410", "not_applied"],
          ["ProviderError", "999", "not_applied"],
          ["ProviderError", "failed", "not_applied"],
          ["ProviderError", "failed", "not_applied"]
        ]
      )
    }).pipe(Effect.provide(testLayer))
  )

  it.effect("a status whose name is no plain word is recorded as `other`", () =>
    Effect.gen(function* () {
      const { ours, admitEvent, begin, ledgerFaults } = yield* harness
      for (const status of ["+15550102030", "two words", "", "x".repeat(33)]) {
        yield* admitEvent(statusOf({ status, callbackData: ours() }))
      }
      yield* begin
      const evidence = yield* ledgerFaults.calls.evidence.reach(4)
      assert.deepStrictEqual([...new Set(evidence.map(({ status }) => status))], ["other"])
    }).pipe(Effect.provide(testLayer))
  )
})

describe("G18 statuses of other deployments and attempts", () => {
  const proves = Effect.fnUntraced(function* (of: (callbackData: string) => string | undefined) {
    const { ours, admitEvent, begin, record, idle, ledgerFaults } = yield* harness
    const callbackData = of(ours())
    yield* admitEvent(statusOf({ status: "read", ...(callbackData === undefined ? {} : { callbackData }) }))
    yield* begin
    yield* idle
    assert.strictEqual((yield* record).state, "claimed")
    assert.lengthOf(ledgerFaults.calls.evidence.all, 0)
  })

  const parts = (data: string, change: (parts: Array<string>) => void) => {
    const changed = data.split(".")
    change(changed)
    return changed.join(".")
  }

  for (const [what, of] of [
    ["without callback data", () => undefined],
    ["with foreign callback data", () => "order 4711"],
    ["with a foreign MAC", (data: string) => `${data.slice(0, -1)}${data.endsWith("0") ? "1" : "0"}`],
    ["with half a MAC", (data: string) => data.slice(0, -16)],
    ["with text after the MAC", (data: string) => `${data}.x`],
    ["of another version", (data: string) => data.replace("c1.", "c2.")],
    ["of another deployment", (data: string) => parts(data, (all) => all.splice(1, 1, "f".repeat(32)))],
    ["with the id of another intent", (data: string) => data.replace(intentId, otherIntent)],
    ["with the number of another attempt", (data: string) => parts(data, (all) => all.splice(3, 1, "2"))],
    ["with an attempt that is no number", (data: string) => parts(data, (all) => all.splice(3, 1, "01"))]
  ] as const) {
    it.effect(`a status ${what} is no evidence`, () => proves(of).pipe(Effect.provide(testLayer)))
  }

  it.effect("a status of another deployment under the same pepper is no evidence", () =>
    Effect.gen(function* () {
      const { ours, admitEvent, begin, record, idle } = yield* harness
      yield* admitEvent(statusOf({ status: "read", callbackData: ours(1, intentId, "d".repeat(32)) }))
      yield* begin
      yield* idle
      assert.strictEqual((yield* record).state, "claimed")
    }).pipe(Effect.provide(testLayer))
  )

  it.effect("a status of an earlier attempt is no evidence, and the log says so", () =>
    Effect.gen(function* () {
      const { ours, admitEvent, begin, record, log, waiting, idle } = yield* harness
      yield* claimAgain
      yield* admitEvent(statusOf({ status: "read", callbackData: ours(1) }))
      yield* begin
      const lines = yield* log.waitFor("evidence.ignored")
      yield* idle
      assert.deepStrictEqual(
        lines.map(({ level, fields }) => [level, fields.failureCode]),
        [["warn", "other_attempt"]]
      )
      assert.deepInclude(yield* record, { state: "claimed", attempt: 2 })
      assert.strictEqual(yield* waiting, 0)
    }).pipe(Effect.provide(testLayer))
  )

  for (const [what, elsewhere] of [
    [
      "of another account",
      { ...front, account: AccountId.make("back"), providerAccount: ProviderAccountId.make("200") }
    ],
    ["of another connector", { ...front, connector: ConnectorId.make("other") }]
  ] as const) {
    it.effect(`a status ${what} is no evidence`, () =>
      Effect.gen(function* () {
        const { ours, admitEvent, begin, record, idle } = yield* harness
        yield* admitEvent(statusOf({ status: "read", callbackData: ours() }, elsewhere))
        yield* begin
        yield* idle
        assert.strictEqual((yield* record).state, "claimed")
      }).pipe(Effect.provide(testLayer))
    )
  }
})

describe("G22 statuses without an intent", () => {
  for (const [what, about, comesTo] of [
    ["of an intent that the ledger does not hold yet", otherIntent, claim(otherIntent)],
    ["of an attempt that the ledger does not hold yet", intentId, Effect.suspend(() => claimAgain)]
  ] as const) {
    it.effect(`a status ${what} is kept, and applied once the ledger holds it`, () =>
      Effect.gen(function* () {
        const { ours, admitEvent, begin, log, waiting, ledgerFaults } = yield* harness
        const attempt = about === intentId ? 2 : 1
        yield* admitEvent(statusOf({ status: "delivered", callbackData: ours(attempt, about) }))
        const worker = yield* begin
        yield* log.waitFor("evidence.orphaned")
        yield* TestClock.adjust("10 minutes")
        assert.strictEqual(yield* waiting, 1)
        assert.lengthOf(log.of("evidence.ignored"), 0)
        assert.lengthOf(log.of("evidence.orphaned"), 1)
        assert.isAtMost(ledgerFaults.calls.evidence.all.length, 10 * 2 + 10)
        // A restart does not lose it either.
        yield* Fiber.interrupt(worker)
        yield* comesTo
        yield* begin
        yield* log.waitFor("evidence.applied")
        yield* TestClock.adjust("1 second")
        assert.strictEqual(yield* waiting, 0)
        const found = yield* (yield* IntentLedger).get(about)
        assert.deepInclude(found, { state: "sent", delivery: "delivered" })
      }).pipe(Effect.provide(testLayer))
    )
  }

  it.effect("a status without an intent is applied when the intent arrives, and given up after a day", () =>
    Effect.gen(function* () {
      const { ours, admitEvent, begin, log, waiting } = yield* harness
      const late = { ...front, occurredAt: 120_000 - orphanLife }
      yield* admitEvent(statusOf({ status: "read", callbackData: ours(1, otherIntent) }))
      yield* admitEvent(statusOf({ status: "read", callbackData: ours(7) }, late))
      yield* begin
      yield* log.waitFor("evidence.orphaned", 2)
      yield* claim(otherIntent)
      yield* TestClock.adjust("1 minute")
      yield* log.waitFor("evidence.applied")
      assert.strictEqual(yield* waiting, 1)
      yield* TestClock.adjust("2 minutes")
      yield* log.waitFor("evidence.ignored")
      assert.strictEqual(yield* waiting, 0)
    }).pipe(Effect.provide(testLayer))
  )
})

describe("G22 reconciler", () => {
  it.effect("the reconciler has a cursor of its own: a stuck runtime delays no status", () =>
    Effect.gen(function* () {
      const { ours, record, log, waiting } = yield* harness
      const runtime = yield* ScriptedRuntime
      const latch = yield* Latch.make(false)
      runtime.respondsWith(() => Effect.andThen(latch.await, acknowledged))
      const conversation = eventOf(900, 900).conversation
      const message = yield* entryOf(eventOf(900, 900), ["runtime"])
      const status = statusOf({ status: "read", callbackData: ours() }, { ...front, conversation })
      yield* admitted(message, yield* entryOf(status, ["runtime", "ledger"]))
      yield* Layer.build(Workers.layer({ replica: "replica", push: true }))
      yield* runtime.deliveries.reach(1)
      yield* log.waitFor("evidence.applied")
      assert.strictEqual((yield* record).delivery, "read")
      yield* TestClock.adjust("1 hour")
      assert.lengthOf(runtime.deliveries.all, 1)
      assert.strictEqual(yield* waiting, 0)
      yield* latch.open
    }).pipe(Effect.provide(testLayer))
  )

  it.effect(
    "the reconciler retries a status while the ledger is unavailable, and acknowledges only written statuses",
    () =>
      Effect.gen(function* () {
        const { ours, admitEvent, begin, record, ledgerFaults, store, log } = yield* harness
        ledgerFaults.next("evidence", refused(), refused(), appliedAndLost())
        yield* admitEvent(statusOf({ status: "sent", callbackData: ours() }))
        yield* admitEvent(statusOf({ status: "read", callbackData: ours() }))
        yield* begin
        yield* ledgerFaults.calls.evidence.reach(1)
        yield* TestClock.adjust(999)
        assert.lengthOf(store.calls.acknowledge.all, 0)
        yield* TestClock.adjust("2 seconds")
        yield* log.waitFor("evidence.applied", 2)
        assert.strictEqual((yield* record).delivery, "read")
        assert.lengthOf(yield* store.calls.acknowledge.reach(2), 2)
      }).pipe(Effect.provide(testLayer))
  )

  it.effect(
    "the next reconciler continues at the first unacknowledged status, and a repeated status changes nothing",
    () =>
      Effect.gen(function* () {
        const { ours, admitEvent, begin, record, store, idle, log, waiting } = yield* harness
        yield* admitEvent(statusOf({ status: "sent", callbackData: ours() }))
        yield* admitEvent(statusOf({ status: "delivered", callbackData: ours() }))
        store.next("acknowledge", (call) => call, refused())
        const first = yield* begin
        yield* store.calls.acknowledge.reach(2)
        yield* Fiber.interrupt(first)
        const before = yield* record
        assert.strictEqual(yield* waiting, 1)
        yield* begin
        yield* idle
        assert.lengthOf(log.of("evidence.applied"), 3)
        assert.strictEqual(yield* waiting, 0)
        assert.deepStrictEqual(yield* record, before)
      }).pipe(Effect.provide(testLayer))
  )
})
