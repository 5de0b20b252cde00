import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Latch from "effect/Latch"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Semaphore from "effect/Semaphore"
import * as TestClock from "effect/testing/TestClock"
import * as MemoryLedger from "../../../layers/memory/intent-ledger.ts"
import { memoryDataKeys } from "../../../layers/memory/deployment.ts"
import * as Sealer from "../../../layers/node-crypto/sealer.ts"
import { Breaker } from "../../../src/inbound/deliver/circuit-breaker.ts"
import { EventLog } from "../../../src/inbound/event-log/event-log.ts"
import { deliverEvents } from "../../../src/inbound/deliver/worker.ts"
import { Partitions } from "../../../src/partition/partitions.ts"
import { InboundNotifications } from "../../../src/inbound/notifications.ts"
import * as Workers from "../../../src/inbound/workers.ts"
import { Personal } from "../../../src/domain/personal.ts"
import type { InboundEvent } from "../../../src/domain/event.ts"
import { fixtureChannels } from "../../fakes/channel.ts"
import { EventLogFaults } from "../../fakes/event-log.ts"
import { refused } from "../../fakes/faults.ts"
import { scriptedIntents } from "../../fakes/intents.ts"
import { RecordedLog } from "../../fakes/log.ts"
import { acknowledged, held, refusedWith, ScriptedRuntime } from "../../fakes/runtime.ts"
import { NotificationWaits } from "../../fakes/notifications.ts"
import { into } from "../../support/into.ts"
import {
  admitted,
  admittedEvents,
  conversationOf,
  entryOf,
  eventIdOf,
  eventOf,
  baseLayer,
  owner,
  stopped
} from "../harness.ts"

/** What the reconciler and the relay stand on. */
const around = Layer.mergeAll(scriptedIntents, fixtureChannels, Layer.provide(MemoryLedger.layer(), baseLayer))

/** Begins to deliver what waits, as the next owner; with so many deliveries at once. */
const dispatching = Effect.fnUntraced(function* (slots = 64) {
  const own = yield* owner
  return yield* Effect.forkChild(deliverEvents(own, { slots: Semaphore.makeUnsafe(slots), ...(yield* Breaker) }))
})

const harness = Effect.gen(function* () {
  const events = yield* EventLog
  const runtime = yield* ScriptedRuntime
  return {
    runtime,
    store: yield* EventLogFaults,
    log: yield* RecordedLog,
    counts: events.counts,
    waiting: Effect.map(events.pending(0, "runtime", 0, 10_000), (entries) => entries.map(({ key }) => key))
  }
})

const numberOf = ({ personal }: InboundEvent) => Number(Personal.open(personal).providerId.slice("provider-".length))
const inConversation = (given: ReadonlyArray<InboundEvent>, conversation: number) =>
  given.filter((event) => event.conversation === conversationOf(conversation)).map(numberOf)
const key = (byte: number) => Redacted.make(Buffer.alloc(32, byte).toString("base64"))
const range = (count: number) => Array.from({ length: count }, (_, index) => index + 1)

describe("I8 order of delivery", () => {
  it.effect("the dispatcher delivers each conversation in the order of admission, one event at a time", () =>
    Effect.gen(function* () {
      const { runtime, log } = yield* harness
      const underWay = new Set<string>()
      runtime.respondsWith((event, nth) =>
        Effect.gen(function* () {
          assert.isFalse(underWay.has(event.conversation), "two of one conversation at once")
          underWay.add(event.conversation)
          yield* Effect.sleep(numberOf(event) % 7)
          underWay.delete(event.conversation)
          return yield* numberOf(event) % 5 === 0 && nth < 3 ? held() : acknowledged
        })
      )
      yield* admittedEvents(...range(60).map((n) => eventOf(n, n % 4)))
      yield* dispatching()
      yield* TestClock.adjust("5 minutes")
      yield* log.waitFor("dispatch.delivered", 60)
      for (const conversation of [0, 1, 2, 3]) {
        const order = inConversation(runtime.deliveries.all, conversation)
        assert.deepStrictEqual(
          [...new Set(order)],
          range(60).filter((n) => n % 4 === conversation)
        )
        assert.deepStrictEqual(
          order,
          order.toSorted((a, b) => a - b)
        )
      }
    }).pipe(Effect.provide(baseLayer))
  )

  it.effect("a stuck conversation delays only itself, even when more of it waits than memory holds", () =>
    Effect.gen(function* () {
      const { runtime, log, waiting, counts } = yield* harness
      let stuck = true
      runtime.respondsWith((event) => (stuck && event.conversation === conversationOf(1) ? held() : acknowledged))
      yield* admittedEvents(...range(1_200).map((n) => eventOf(n, 1)))
      yield* admittedEvents(...range(40).map((n) => eventOf(2_000 + n, 2 + (n % 3))))
      yield* dispatching()
      yield* log.waitFor("dispatch.delivered", 40)
      yield* TestClock.adjust("1 minute")
      assert.deepStrictEqual([...new Set(inConversation(runtime.deliveries.all, 1))], [1])
      assert.lengthOf(yield* waiting, 1_200)
      stuck = false
      yield* TestClock.adjust("1 minute")
      yield* log.waitFor("dispatch.delivered", 1_240)
      assert.deepStrictEqual([...new Set(inConversation(runtime.deliveries.all, 1))], range(1_200))
      assert.deepInclude(yield* counts, { delivered: 1_240, pending: 0 })
    }).pipe(Effect.provide(baseLayer))
  )

  it.effect("a conversation continues after an event that was dead-lettered", () =>
    Effect.gen(function* () {
      const { runtime, counts } = yield* harness
      runtime.respondsWith((event) => (event.eventId === eventIdOf(1) ? refusedWith(400) : acknowledged))
      yield* admittedEvents(eventOf(1), eventOf(2), eventOf(3))
      yield* dispatching()
      yield* TestClock.adjust("1 second")
      yield* admittedEvents(eventOf(4, 2))
      yield* TestClock.adjust("15 minutes")
      const given = inConversation(runtime.deliveries.all, 1)
      assert.deepStrictEqual(given.slice(-2), [2, 3])
      assert.deepStrictEqual(new Set(given.slice(0, -2)), new Set([1]))
      assert.deepInclude(yield* counts, { deadLettered: 1, delivered: 3, pending: 0 })
    }).pipe(Effect.provide(baseLayer))
  )

  it.effect("the next owner keeps the order, and begins with the first unacknowledged event", () =>
    Effect.gen(function* () {
      const { runtime, log, counts } = yield* harness
      runtime.respondsWith((event) => (numberOf(event) === 3 ? Effect.never : acknowledged))
      yield* admittedEvents(...range(5).map((n) => eventOf(n)))
      const first = yield* dispatching()
      yield* runtime.deliveries.reach(3)
      yield* stopped(first)
      runtime.respondsWith(() => acknowledged)
      yield* dispatching()
      yield* log.waitFor("dispatch.delivered", 5)
      assert.deepStrictEqual(runtime.deliveries.all.map(numberOf), [1, 2, 3, 3, 4, 5])
      assert.deepInclude(yield* counts, { delivered: 5, pending: 0 })
    }).pipe(Effect.provide(baseLayer))
  )

  it.effect("the dispatcher runs as many deliveries at once as it has slots", () =>
    Effect.gen(function* () {
      const { runtime } = yield* harness
      const latch = yield* Latch.make(false)
      runtime.respondsWith(() => Effect.andThen(latch.await, acknowledged))
      yield* admittedEvents(...range(10).map((n) => eventOf(n, n)))
      yield* dispatching(3)
      yield* TestClock.adjust("1 minute")
      assert.lengthOf(runtime.deliveries.all, 3)
      yield* latch.open
      yield* runtime.deliveries.reach(10)
    }).pipe(Effect.provide(baseLayer))
  )
})

describe("partition with many conversations", () => {
  it.effect("the dispatcher fills all free slots in one turn of the event loop", () =>
    Effect.gen(function* () {
      const { runtime } = yield* harness
      const latch = yield* Latch.make(false)
      runtime.respondsWith(() => Effect.andThen(latch.await, acknowledged))
      yield* admittedEvents(...range(60).map((n) => eventOf(n, n)))
      yield* dispatching(50)
      yield* runtime.deliveries.reach(1)
      yield* Effect.yieldNow
      const begun = runtime.deliveries.all.length
      yield* latch.open
      yield* runtime.deliveries.reach(60)
      assert.strictEqual(begun, 50)
    }).pipe(Effect.provide(baseLayer))
  )

  it.effect("a partition with many conversations leaves slots to another partition that came later", () =>
    Effect.gen(function* () {
      const { runtime } = yield* harness
      const events = yield* EventLog
      const epoch = (yield* (yield* Partitions).acquire(1, "replica")) ?? 0
      const entries = yield* Effect.forEach([101, 102, 103], (n) => entryOf(eventOf(n, n)))
      yield* events.admit(into(1, { nonce: "another", entries }))
      yield* admittedEvents(...range(60).map((n) => eventOf(n, n)))
      runtime.respondsWith(() => Effect.andThen(Effect.yieldNow, acknowledged))
      const gate = { slots: Semaphore.makeUnsafe(4), ...(yield* Breaker) }
      yield* Effect.forkChild(deliverEvents(yield* owner, gate))
      yield* runtime.deliveries.reach(10)
      yield* Effect.forkChild(deliverEvents({ partition: 1, epoch }, gate))
      yield* runtime.deliveries.reach(63)
      const given = runtime.deliveries.all.map(numberOf)
      assert.includeMembers(given.slice(0, 30), [101, 102, 103])
    }).pipe(Effect.provide(baseLayer))
  )
})

describe("held deliveries", () => {
  it.effect("a held delivery occupies no slot while it waits", () =>
    Effect.gen(function* () {
      const { runtime, log } = yield* harness
      runtime.respondsWith((event, nth) =>
        event.conversation === conversationOf(1) && nth === 1 ? held(60_000) : acknowledged
      )
      yield* admittedEvents(eventOf(1, 1), eventOf(2, 2))
      yield* dispatching(1)
      yield* log.waitFor("dispatch.delivered", 1)
      assert.deepStrictEqual(runtime.deliveries.all.map(numberOf), [1, 2])
      yield* TestClock.adjust("1 minute")
      yield* log.waitFor("dispatch.delivered", 2)
    }).pipe(Effect.provide(baseLayer))
  )
})

describe("partition worker", () => {
  it.effect(
    "G36 the worker parks an unreadable record without acknowledgement or dead letter, and delivers the others",
    () =>
      Effect.gen(function* () {
        const { runtime, log, store, waiting, counts } = yield* harness
        const [first, second, third] = yield* Effect.forEach([1, 2, 3], (n) => entryOf(eventOf(n)))
        if (first === undefined || second === undefined || third === undefined) return assert.fail("expected entries")
        yield* admitted(first, { ...second, sealed: (second.sealed ?? "").replace("0:", "1:00000000:") }, third, {
          key: eventIdOf(4),
          sort: "event",
          consumers: first.consumers,
          record: "nonsense"
        })
        yield* dispatching()
        yield* log.waitFor("dispatch.unreadable", 2)
        yield* TestClock.adjust("1 hour")
        assert.deepStrictEqual(runtime.deliveries.all.map(numberOf), [1, 3])
        assert.deepStrictEqual(yield* waiting, [eventIdOf(2), eventIdOf(4)])
        assert.lengthOf(store.calls.deadLetter.all, 0)
        assert.lengthOf(store.calls.refuse.all, 0)
        assert.deepInclude(yield* counts, { pending: 2, delivered: 2 })
        const lines = log.of("dispatch.unreadable")
        assert.lengthOf(lines, 2)
        assert.deepStrictEqual([lines[0]?.level, lines[0]?.fields.partition], ["error", 0])
      }).pipe(Effect.provide(baseLayer))
  )

  it.effect("G36 the next owner that has the data key delivers a parked record", () =>
    Effect.gen(function* () {
      const { runtime, log } = yield* harness
      const sealed = (byte: number) =>
        Layer.build(Sealer.layer(() => [key(byte)]).pipe(Layer.provide(Layer.fresh(memoryDataKeys))))
      const [then, now] = [yield* sealed(1), yield* sealed(2)]
      yield* admitted(yield* Effect.provideContext(entryOf(eventOf(1)), then))
      const first = yield* Effect.provideContext(dispatching(), now)
      yield* log.waitFor("dispatch.unreadable")
      assert.lengthOf(runtime.deliveries.all, 0)
      yield* Fiber.interrupt(first)
      yield* Effect.provideContext(dispatching(), then)
      yield* log.waitFor("dispatch.delivered")
    }).pipe(Effect.provide(baseLayer))
  )

  it.effect("the worker reads new events when it is notified, and otherwise within a second", () =>
    Effect.gen(function* () {
      const { runtime } = yield* harness
      const notifications = yield* InboundNotifications
      const waits = (yield* NotificationWaits).next
      yield* dispatching()
      yield* waits.reach(1)
      yield* admittedEvents(eventOf(1))
      notifications.runtime.notify(0)
      yield* runtime.deliveries.reach(1)
      yield* waits.reach(2)
      yield* admittedEvents(eventOf(2))
      notifications.ledger.notify(0)
      yield* TestClock.adjust(999)
      assert.lengthOf(runtime.deliveries.all, 1)
      yield* TestClock.adjust(1)
      yield* runtime.deliveries.reach(2)
    }).pipe(Effect.provide(baseLayer))
  )

  it.effect("the worker waits for an unavailable store, and misses no event", () =>
    Effect.gen(function* () {
      const { runtime, store } = yield* harness
      yield* admittedEvents(...range(300).map((n) => eventOf(n)))
      store.next("pending", refused(), refused(), (call) => call, refused())
      yield* dispatching()
      yield* TestClock.adjust("10 seconds")
      yield* runtime.deliveries.reach(300)
      assert.deepStrictEqual(runtime.deliveries.all.map(numberOf), range(300))
    }).pipe(Effect.provide(baseLayer))
  )

  it.effect("I2 the worker logs a defect in a delivery, and delivers the event again", () =>
    Effect.gen(function* () {
      const { runtime, log, counts } = yield* harness
      runtime.respondsWith((event, nth) =>
        event.eventId === eventIdOf(1) && nth === 1 ? Effect.die(new TypeError("canary-15550102030")) : acknowledged
      )
      yield* admittedEvents(eventOf(1), eventOf(2), eventOf(3, 2))
      yield* Layer.build(Workers.layer({ replica: "replica", push: true }).pipe(Layer.provide(around)))
      yield* TestClock.adjust("1 minute")
      assert.lengthOf(log.of("internal"), 1)
      assert.notInclude(JSON.stringify(log.lines), "canary")
      assert.deepInclude(yield* counts, { delivered: 3, pending: 0 })
    }).pipe(Effect.provide(baseLayer))
  )
})
