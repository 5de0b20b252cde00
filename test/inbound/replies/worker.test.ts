import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Latch from "effect/Latch"
import * as Layer from "effect/Layer"
import * as Semaphore from "effect/Semaphore"
import * as TestClock from "effect/testing/TestClock"
import * as MemoryAccounts from "../../../layers/memory/accounts.ts"
import * as MemoryLedger from "../../../layers/memory/intent-ledger.ts"
import { AccountId, ConnectorId, ProviderAccountId } from "../../../src/domain/ids.ts"
import type { ReplyIntent } from "../../../src/inbound/runtime/response.ts"
import { Breaker } from "../../../src/inbound/deliver/circuit-breaker.ts"
import { EventLog } from "../../../src/inbound/event-log/event-log.ts"
import { replyHorizon, replyNamespace } from "../../../src/inbound/replies/send-reply.ts"
import { deliverEvents } from "../../../src/inbound/deliver/worker.ts"
import { sendReplies, replyGate } from "../../../src/inbound/replies/worker.ts"
import { Replies } from "../../../src/inbound/replies/replies.ts"
import { IntentLedger } from "../../../src/outbound/ledger/intent-ledger.ts"
import * as Gate from "../../../src/outbound/accounts/admission-control.ts"
import * as Intents from "../../../src/outbound/submit/intents.ts"
import { fixtureChannels } from "../../fakes/channel.ts"
import { faultyIntentLedger, IntentLedgerFaults } from "../../fakes/intent-ledger.ts"
import { appliedAndLost, heldBy, refused } from "../../fakes/faults.ts"
import { RecordedLog } from "../../fakes/log.ts"
import { faultyReplies, RepliesFaults } from "../../fakes/replies.ts"
import { answeredWith, ScriptedRuntime } from "../../fakes/runtime.ts"
import { noAnswer, Provider, provider, sent, status } from "../../outbound/provider.ts"
import { admitted, admittedEvents, entryOf, eventIdOf, eventOf, baseLayer, owner, stopped } from "../harness.ts"

const outward = Intents.layer({ drain: 1_000 }).pipe(
  Layer.provideMerge(Gate.layer),
  Layer.provideMerge(
    Layer.mergeAll(fixtureChannels, faultyIntentLedger(MemoryLedger.layer()), MemoryAccounts.layer(), provider)
  )
)
const testLayer = Layer.merge(outward, faultyReplies(Layer.effect(Replies, Replies))).pipe(
  Layer.provideMerge(baseLayer)
)

const front = {
  connector: ConnectorId.make("fixture"),
  account: AccountId.make("front"),
  providerAccount: ProviderAccountId.make("100")
}
const said = (n: number, conversation = 1) => eventOf(n, conversation, front)
const post = (key: string, text = key, more: Partial<ReplyIntent> = {}): ReplyIntent => ({
  key,
  account: front.account,
  capability: "post",
  to: "+1555",
  input: { text },
  ...more
})

const harness = Effect.gen(function* () {
  const ledger = yield* IntentLedger
  const replies = yield* Replies
  const graph = yield* Provider
  const own = yield* owner
  const gate = { slots: Semaphore.makeUnsafe(64), ...(yield* Breaker) }
  const texts = () => graph.sent.all.map(({ body }) => String(JSON.parse(body ?? "{}").text))
  return {
    own,
    graph,
    texts,
    runtime: yield* ScriptedRuntime,
    log: yield* RecordedLog,
    store: yield* RepliesFaults,
    ledgerFaults: yield* IntentLedgerFaults,
    events: yield* EventLog,
    waiting: replies.waiting,
    relaying: Effect.forkChild(sendReplies(own, replyGate())),
    pushing: Effect.forkChild(deliverEvents(own, gate)),
    failed: Effect.map(ledger.list("failed", { limit: 100 }), ({ intents }) => intents)
  }
})

describe("G32 replies of the runtime", () => {
  it.effect("a reply is performed once, under a namespace that no API client can have", () =>
    Effect.gen(function* () {
      const { runtime, pushing, relaying, texts, waiting, store } = yield* harness
      runtime.respondsWith(() => answeredWith(post("hello"), post("more")))
      yield* admittedEvents(said(1))
      yield* pushing
      yield* relaying
      yield* store.calls.done.reach(1)
      assert.deepStrictEqual(texts(), ["hello", "more"])
      yield* TestClock.adjust("1 second")
      assert.strictEqual(yield* waiting, 0)
      const intents = yield* Intents.Intents
      const again = yield* intents.submit({
        namespace: replyNamespace,
        key: `${said(1).eventId}/hello`,
        body: { connector: "fixture", account: "front", capability: "post", to: "+1555", input: { text: "hello" } }
      })
      assert.strictEqual(again.outcome, "deduped")
      assert.strictEqual(again.correlationId.slice(0, 4), "cor_")
      assert.notMatch(replyNamespace, /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/)
      assert.lengthOf(texts(), 2)
    }).pipe(Effect.provide(testLayer))
  )

  it.effect("a reply to a redelivered event stays one reply, even when its content differs", () =>
    Effect.gen(function* () {
      const { runtime, pushing, relaying, texts, store, log, events } = yield* harness
      let n = 0
      runtime.respondsWith(() => answeredWith(post(`key-${++n}`, `text-${n}`)))
      yield* admittedEvents(said(1))
      store.next("acknowledge", appliedAndLost())
      yield* pushing
      yield* relaying
      yield* TestClock.adjust("2 seconds")
      yield* store.calls.done.reach(1)
      // The same event once more, as an operator's replay brings it: another place, the same id.
      yield* admitted({ ...(yield* entryOf(said(1))), key: eventIdOf(77) })
      yield* TestClock.adjust("2 seconds")
      yield* log.waitFor("reply.ignored")
      assert.deepStrictEqual(texts(), ["text-1"])
      assert.deepInclude(yield* events.counts, { delivered: 2, pending: 0 })
    }).pipe(Effect.provide(testLayer))
  )

  it.effect(
    "replies of one conversation are performed in order, and a delayed reply delays only its own conversation",
    () =>
      Effect.gen(function* () {
        const { runtime, pushing, relaying, texts, graph, log, store } = yield* harness
        runtime.respondsWith((event) => answeredWith(post(event.eventId.slice(-1))))
        graph.respondsWith((_, request) =>
          (request.body ?? "").includes('"2"') && texts().length < 8 ? status(429) : sent()
        )
        yield* admittedEvents(said(1), said(2), said(3), said(4, 2), said(5, 2))
        yield* pushing
        yield* relaying
        yield* log.waitFor("reply.held")
        yield* store.calls.done.reach(3)
        assert.sameMembers(
          texts().filter((text) => text !== "2"),
          ["1", "4", "5"]
        )
        yield* TestClock.adjust("1 hour")
        yield* store.calls.done.reach(5)
        const order = texts()
        assert.deepStrictEqual(order.slice(-2), ["2", "3"])
        assert.strictEqual(order.filter((text) => text === "3").length, 1)
      }).pipe(Effect.provide(testLayer))
  )

  it.effect("a reply in doubt is not sent again, and the next reply continues", () =>
    Effect.gen(function* () {
      const { runtime, pushing, relaying, texts, graph, store } = yield* harness
      graph.respondsWith((nth) => (nth === 1 ? noAnswer : sent()))
      runtime.respondsWith(() => answeredWith(post("doubt"), post("next")))
      yield* admittedEvents(said(1))
      yield* pushing
      yield* relaying
      yield* store.calls.done.reach(1)
      yield* TestClock.adjust("1 hour")
      assert.deepStrictEqual(texts(), ["doubt", "next"])
      const { intents } = yield* (yield* IntentLedger).list("in_doubt", { limit: 10 })
      assert.lengthOf(intents, 1)
    }).pipe(Effect.provide(testLayer))
  )

  it.effect("a reply that fails without effect is retried for a day, and then recorded in the ledger as failed", () =>
    Effect.gen(function* () {
      const { runtime, pushing, relaying, graph, store, failed } = yield* harness
      graph.respondsWith(() => status(429))
      runtime.respondsWith(() => answeredWith(post("late")))
      yield* admittedEvents(said(1))
      const pushed = yield* pushing
      yield* store.calls.acknowledge.reach(1)
      yield* stopped(pushed)
      yield* TestClock.adjust(replyHorizon - 60_000)
      const relayed = yield* relaying
      yield* graph.sent.reach(1)
      yield* TestClock.adjust(30_000)
      assert.isAbove(graph.sent.all.length, 2)
      assert.lengthOf(store.calls.done.all, 0)
      yield* TestClock.adjust(60_000)
      yield* store.calls.done.reach(1)
      const sendsBefore = graph.sent.all.length
      yield* TestClock.adjust("10 minutes")
      assert.lengthOf(graph.sent.all, sendsBefore)
      assert.isUndefined(relayed.pollUnsafe())
      assert.deepStrictEqual(
        (yield* failed).map(({ failure }) => failure?.code),
        ["429"]
      )
    }).pipe(Effect.provide(testLayer))
  )
})

describe("I2 replies that cannot be performed", () => {
  for (const [what, intent, code] of [
    ["for an account that is not configured", post("k", "t", { account: "nobody" }), "not_configured"],
    ["with a capability that is not there", post("k", "t", { capability: "fly" }), "not_configured"],
    ["with an input that does not fit", post("k", "t", { input: { words: "t" } }), "invalid_request"],
    ["to an unreachable recipient", post("k", "t", { to: "nobody" }), "invalid_request"]
  ] as const) {
    it.effect(`a reply ${what} is recorded in the ledger as failed, and the others are sent`, () =>
      Effect.gen(function* () {
        const { runtime, pushing, relaying, texts, store, failed, log, ledgerFaults } = yield* harness
        runtime.respondsWith(() => answeredWith(intent, post("other")))
        ledgerFaults.next("abandon", refused())
        yield* admittedEvents(said(1))
        yield* pushing
        yield* relaying
        yield* TestClock.adjust("5 seconds")
        yield* store.calls.done.reach(1)
        assert.deepStrictEqual(texts(), ["other"])
        const [record, ...more] = yield* failed
        assert.lengthOf(more, 0)
        assert.match(String(record?.account), intent.account === front.account ? /^front$/ : /^unknown_[0-9a-f]{32}$/)
        assert.deepInclude(record?.failure, { class: "PayloadError", code, certainty: "not_applied" })
        assert.lengthOf(log.of("reply.refused"), 1)
      }).pipe(Effect.provide(testLayer))
    )
  }
})

describe("I1 interrupted reply worker", () => {
  it.effect("a reply interrupted between the two writes of its rejection ends as failed under the next owner", () =>
    Effect.gen(function* () {
      const { runtime, pushing, relaying, texts, store, ledgerFaults, failed } = yield* harness
      runtime.respondsWith(() => answeredWith(post("unfit", "t", { to: "nobody" })))
      ledgerFaults.next("abandon", (call) => Effect.delay(call, "1 hour"))
      yield* admittedEvents(said(1))
      yield* pushing
      const first = yield* relaying
      yield* ledgerFaults.calls.abandon.reach(1)
      yield* stopped(first)
      yield* Effect.forkChild(sendReplies(yield* owner, replyGate()))
      yield* store.calls.done.reach(1)
      assert.lengthOf(yield* failed, 1)
      assert.deepStrictEqual(texts(), [])
    }).pipe(Effect.provide(testLayer))
  )

  for (const [what, cut] of [
    ["before the call", "claim"],
    ["before the settlement", "settle"],
    ["before it said that it is done", "done"]
  ] as const) {
    it.effect(`a reply interrupted ${what} is completed by the next owner, and nothing is sent twice`, () =>
      Effect.gen(function* () {
        const { runtime, pushing, relaying, texts, store, ledgerFaults, waiting } = yield* harness
        runtime.respondsWith((event) =>
          answeredWith(post(`a-${event.eventId.slice(-1)}`), post(`b-${event.eventId.slice(-1)}`))
        )
        yield* admittedEvents(said(1), said(2))
        if (cut === "done") store.next("done", () => Effect.never)
        else ledgerFaults.next(cut, (call) => Effect.delay(call, "1 second"))
        yield* pushing
        const first = yield* relaying
        yield* cut === "done" ? store.calls.done.reach(1) : ledgerFaults.calls[cut].reach(1)
        yield* stopped(first)
        yield* Effect.forkChild(sendReplies(yield* owner, replyGate()))
        yield* TestClock.adjust("1 minute")
        yield* store.calls.done.reach(2)
        assert.deepStrictEqual(texts(), ["a-1", "b-1", "a-2", "b-2"])
        assert.strictEqual(yield* waiting, 0)
      }).pipe(Effect.provide(testLayer))
    )
  }

  it.effect("G30 a worker that lost its partition marks no reply as done", () =>
    Effect.gen(function* () {
      const { runtime, pushing, relaying, texts, store, waiting } = yield* harness
      runtime.respondsWith(() => answeredWith(post("once")))
      yield* admittedEvents(said(1))
      const latch = yield* Latch.make(false)
      store.next("done", heldBy(latch))
      yield* pushing
      yield* relaying
      yield* store.calls.done.reach(1)
      const next = yield* owner
      yield* latch.open
      yield* TestClock.adjust("1 minute")
      assert.strictEqual(yield* waiting, 1)
      yield* Effect.forkChild(sendReplies(next, replyGate()))
      yield* store.calls.done.reach(2)
      assert.deepStrictEqual(texts(), ["once"])
    }).pipe(Effect.provide(testLayer))
  )
})
