import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Latch from "effect/Latch"
import * as TestClock from "effect/testing/TestClock"
import { Breaker } from "../../../src/inbound/deliver/circuit-breaker.ts"
import { makeComparison } from "../../../src/inbound/deliver/worker.ts"
import { deliver, deliveryBackoff, maxRefusals } from "../../../src/inbound/deliver/deliver.ts"
import { EventLog } from "../../../src/inbound/event-log/event-log.ts"
import type { RuntimeAnswer } from "../../../src/inbound/runtime/runtime.ts"
import { untried } from "../../../src/inbound/runtime/runtime-health.ts"
import { EventLogFaults } from "../../fakes/event-log.ts"
import { appliedAndLost, refused } from "../../fakes/faults.ts"
import { RecordedLog } from "../../fakes/log.ts"
import { acknowledged, held, refusedWith, ScriptedRuntime, statusOf, unreached } from "../../fakes/runtime.ts"
import { Partitions } from "../../../src/partition/partitions.ts"
import { into } from "../../support/into.ts"
import { admittedEvents, entryOf, eventOf, baseLayer, owner } from "../harness.ts"

const event = eventOf(1)

/** One event that waits in the store for the runtime, and its delivery under way. */
const harness = Effect.gen(function* () {
  const events = yield* EventLog
  yield* admittedEvents(event)
  const own = yield* owner
  const waiting = Effect.map(events.pending(0, "runtime", 0, 10), ([entry]) => entry)
  const breaker = yield* Breaker
  const mayCount = yield* makeComparison
  const tries = Effect.gen(function* () {
    let state = untried
    for (let attempt = 1; ; attempt++) {
      const pass = yield* breaker.enter
      const entry = yield* waiting
      if (entry === undefined) return "done"
      const { conversation } = event
      const tried = yield* deliver(
        own,
        { entry, event },
        attempt,
        (response) =>
          Effect.tap(breaker.leave(pass, { conversation, position: entry.position, state, ...response }), (verdict) =>
            Effect.sync(() => (state = verdict.state))
          ),
        (reason) => mayCount(1, reason)
      )
      if (tried === "done" || tried === "lost") return tried
      yield* Effect.sleep(tried.pause)
    }
  })
  return {
    /** Tries until it is done or lost. */
    begin: Effect.forkChild(tries),
    waiting,
    runtime: yield* ScriptedRuntime,
    store: yield* EventLogFaults,
    log: yield* RecordedLog,
    counts: events.counts,
    /** Does what another replica does: admits an event to its own partition, and delivers it. */
    elsewhere: {
      comes: Effect.flatMap(entryOf(eventOf(7, 7)), (entry) =>
        events.admit(into(1, { nonce: "elsewhere", entries: [entry] }))
      ),
      delivered: Effect.gen(function* () {
        const epoch = yield* (yield* Partitions).acquire(1, "other")
        yield* events.acknowledge({ partition: 1, epoch: epoch ?? 0 }, "runtime", 1)
        yield* Effect.flatMap(entryOf(eventOf(8, 7)), (entry) =>
          events.admit(into(1, { nonce: "elsewhere again", entries: [entry] }))
        )
      })
    },
    /** Another conversation's event is taken, as it would be while this one waits. */
    another: Effect.gen(function* () {
      const pass = yield* breaker.enter
      const answer = yield* acknowledged
      yield* breaker.leave(pass, { conversation: "another", position: 9, state: untried, answer, refusals: 0 })
    })
  }
})

/** Passes so many minutes, in each of which another conversation's event is taken. */
const minutesOf = (another: Effect.Effect<void>, minutes: number) =>
  Effect.repeat(Effect.andThen(another, TestClock.adjust("30 seconds")), { times: 2 * minutes - 1 })

describe("delivery of an event", () => {
  it.effect("I2 an event is acknowledged once the runtime has acknowledged it, and not before", () =>
    Effect.gen(function* () {
      const { begin, runtime, store, counts } = yield* harness
      const latch = yield* Latch.make(false)
      runtime.respondsWith(() => Effect.andThen(latch.await, acknowledged))
      const fiber = yield* begin
      yield* runtime.deliveries.reach(1)
      yield* TestClock.adjust("1 hour")
      assert.lengthOf(store.calls.acknowledge.all, 0)
      yield* latch.open
      assert.strictEqual(yield* Fiber.join(fiber), "done")
      assert.deepInclude(yield* counts, { delivered: 1, pending: 0 })
    }).pipe(Effect.provide(baseLayer))
  )

  it.effect("an acknowledgement that the store did not take is retried, and the delivery is not", () =>
    Effect.gen(function* () {
      const { begin, runtime, store, counts } = yield* harness
      store.next("acknowledge", refused(), refused(), appliedAndLost())
      const fiber = yield* begin
      yield* TestClock.adjust("2 seconds")
      assert.strictEqual(yield* Fiber.join(fiber), "done")
      assert.lengthOf(store.calls.acknowledge.all, 4)
      assert.lengthOf(runtime.deliveries.all, 1)
      assert.deepInclude(yield* counts, { delivered: 1, pending: 0 })
    }).pipe(Effect.provide(baseLayer))
  )

  it.effect("G33 a delivery spends no attempt while the runtime is away, however long", () =>
    Effect.gen(function* () {
      const { begin, runtime, store, waiting, log } = yield* harness
      runtime.respondsWith((_, nth) => (nth <= 300 ? held() : acknowledged))
      const fiber = yield* begin
      yield* TestClock.adjust("10 minutes")
      assert.isAbove(log.of("dispatch.held").length, maxRefusals)
      assert.lengthOf(store.calls.refuse.all, 0)
      assert.strictEqual((yield* waiting)?.refusals, 0)
      yield* TestClock.adjust("20 minutes")
      assert.strictEqual(yield* Fiber.join(fiber), "done")
      assert.lengthOf(store.calls.deadLetter.all, 0)
    }).pipe(Effect.provide(baseLayer))
  )

  it.effect("a delivery waits exactly as long as the runtime's Retry-After says", () =>
    Effect.gen(function* () {
      const { begin, runtime } = yield* harness
      runtime.respondsWith((_, nth) => (nth === 1 ? held(90_000) : acknowledged))
      const fiber = yield* begin
      yield* TestClock.adjust(89_999)
      assert.lengthOf(runtime.deliveries.all, 1)
      yield* TestClock.adjust(1)
      assert.strictEqual(yield* Fiber.join(fiber), "done")
    }).pipe(Effect.provide(baseLayer))
  )

  const noDelay: ReadonlyArray<readonly [string, Effect.Effect<RuntimeAnswer>]> = [
    ["no Retry-After", statusOf(429)],
    ["a Retry-After of 0 or in the past", held(0)],
    ["a Retry-After below the first delay", held(deliveryBackoff.baseMs - 1)]
  ]
  it.effect.each(noDelay)("a held delivery with %s backs off from half a second to half a minute", ([, response]) =>
    Effect.gen(function* () {
      const { begin, runtime } = yield* harness
      runtime.respondsWith(() => response)
      yield* begin
      yield* TestClock.adjust(249)
      assert.lengthOf(runtime.deliveries.all, 1)
      yield* TestClock.adjust(251)
      assert.lengthOf(runtime.deliveries.all, 2)
      yield* TestClock.adjust("5 minutes")
      const before = runtime.deliveries.all.length
      yield* TestClock.adjust("5 minutes")
      const more = runtime.deliveries.all.length - before
      assert.isAtLeast(more, 10)
      assert.isAtMost(more, 20)
    }).pipe(Effect.provide(baseLayer))
  )
})

describe("G33 events that the runtime refuses", () => {
  it.effect("G48 an event is dead-lettered after five refusals over minutes while others are delivered", () =>
    Effect.gen(function* () {
      const { begin, runtime, store, log, counts, another } = yield* harness
      runtime.respondsWith(() => refusedWith(410))
      yield* another
      const fiber = yield* begin
      yield* TestClock.adjust("10 seconds")
      assert.isAbove(runtime.deliveries.all.length, 3)
      assert.lengthOf(store.calls.refuse.all, 1)
      yield* minutesOf(another, 1)
      assert.isAtMost(store.calls.refuse.all.length, 3)
      yield* minutesOf(another, 3)
      assert.strictEqual(yield* Fiber.join(fiber), "done")
      assert.lengthOf(store.calls.refuse.all, maxRefusals)
      assert.deepStrictEqual(
        store.calls.deadLetter.all.map(({ reason }) => reason),
        ["runtime_refused_410"]
      )
      assert.lengthOf(store.calls.acknowledge.all, 0)
      assert.deepInclude(yield* counts, { deadLettered: 1, delivered: 0, pending: 0 })
      const [line] = log.of("dispatch.dead_lettered")
      const expectedFields = {
        dedupeKey: event.eventId,
        failureCode: "410",
        outcome: "dead_lettered",
        refusals: maxRefusals
      } as const
      assert.deepInclude(line?.fields, expectedFields)
      assert.strictEqual(line?.level, "error")
    }).pipe(Effect.provide(baseLayer))
  )

  it.effect("G48 an event is never dead-lettered while no event is delivered, and is reported as stuck", () =>
    Effect.gen(function* () {
      const { begin, runtime, store, log, waiting } = yield* harness
      runtime.respondsWith(() => refusedWith(400))
      yield* begin
      yield* TestClock.adjust("1 day")
      assert.lengthOf(store.calls.refuse.all, 0)
      assert.isAbove(log.of("dispatch.stuck").length, 3)
      assert.deepInclude(log.of("dispatch.stuck")[0]?.fields, { failureCode: "http_400", outcome: "refused" })
      runtime.respondsWith(() => acknowledged)
      yield* TestClock.adjust("1 minute")
      assert.isUndefined(yield* waiting)
      assert.lengthOf(store.calls.deadLetter.all, 0)
    }).pipe(Effect.provide(baseLayer))
  )

  it.effect("G48 an event is not dead-lettered when the runtime begins to refuse everything just before it", () =>
    Effect.gen(function* () {
      const { begin, runtime, store, another } = yield* harness
      yield* another
      runtime.respondsWith(() => refusedWith(400))
      yield* begin
      yield* TestClock.adjust("1 day")
      assert.isAtMost(store.calls.refuse.all.length, 1)
      assert.lengthOf(store.calls.deadLetter.all, 0)
    }).pipe(Effect.provide(baseLayer))
  )

  it.effect(
    "an event that was refused before and after a delivered one is dead-lettered, but not within eight minutes",
    () =>
      Effect.gen(function* () {
        const { begin, runtime, store, another } = yield* harness
        runtime.respondsWith(() => refusedWith(422))
        const fiber = yield* begin
        yield* runtime.deliveries.reach(1)
        yield* TestClock.adjust(100)
        yield* another
        yield* TestClock.adjust("8 minutes")
        assert.isAbove(store.calls.refuse.all.length, 2)
        assert.lengthOf(store.calls.deadLetter.all, 0)
        yield* TestClock.adjust("5 minutes")
        assert.strictEqual(yield* Fiber.join(fiber), "done")
        assert.lengthOf(store.calls.deadLetter.all, 1)
      }).pipe(Effect.provide(baseLayer))
  )

  it.effect("G48 a refusal does not count while other events wait at any replica and none is delivered", () =>
    Effect.gen(function* () {
      const { begin, runtime, store, elsewhere } = yield* harness
      yield* elsewhere.comes
      runtime.respondsWith(() => refusedWith(422))
      yield* begin
      yield* TestClock.adjust("1 hour")
      assert.lengthOf(store.calls.refuse.all, 0)
      yield* elsewhere.delivered
      yield* TestClock.adjust("3 minutes")
      assert.lengthOf(store.calls.refuse.all, 1)
    }).pipe(Effect.provide(baseLayer))
  )

  it.effect("a runtime that is away between refusals adds nothing to the count", () =>
    Effect.gen(function* () {
      const { begin, runtime, waiting, another } = yield* harness
      runtime.respondsWith(() => refusedWith(400))
      yield* begin
      yield* minutesOf(another, 1)
      const { refusals } = (yield* waiting) ?? { refusals: 0 }
      assert.isAbove(refusals, 0)
      for (const says of [unreached, statusOf(404), statusOf(401), statusOf(502), held()]) {
        runtime.respondsWith(() => says)
        yield* TestClock.adjust("1 hour")
      }
      assert.strictEqual((yield* waiting)?.refusals, refusals)
      runtime.respondsWith(() => acknowledged)
      yield* TestClock.adjust("1 minute")
      assert.isUndefined(yield* waiting)
    }).pipe(Effect.provide(baseLayer))
  )

  it.effect("the store counts refusals, so that the next owner continues the count", () =>
    Effect.gen(function* () {
      const { begin, runtime, waiting, store, another } = yield* harness
      runtime.respondsWith(() => refusedWith(400))
      const first = yield* begin
      yield* minutesOf(another, 1)
      yield* Fiber.interrupt(first)
      const refusals = (yield* waiting)?.refusals ?? 0
      assert.isAbove(refusals, 0)
      const second = yield* begin
      yield* another
      yield* TestClock.adjust("5 seconds")
      assert.strictEqual((yield* waiting)?.refusals, refusals, "a restart makes no refusal count sooner")
      yield* minutesOf(another, 5)
      assert.strictEqual(yield* Fiber.join(second), "done")
      assert.lengthOf(store.calls.refuse.all, maxRefusals)
    }).pipe(Effect.provide(baseLayer))
  )

  it.effect("each refusal counts once, even if the response of the store was lost", () =>
    Effect.gen(function* () {
      const { begin, runtime, store, another } = yield* harness
      store.next("refuse", appliedAndLost())
      runtime.respondsWith(() => refusedWith(400))
      const fiber = yield* begin
      yield* minutesOf(another, 5)
      assert.strictEqual(yield* Fiber.join(fiber), "done")
      assert.lengthOf(store.calls.refuse.all, maxRefusals + 1)
    }).pipe(Effect.provide(baseLayer))
  )
})

describe("G30 owners that lost their partition", () => {
  for (const [what, says] of [
    ["acknowledges", acknowledged],
    ["refuses", refusedWith(400)]
  ] as const) {
    it.effect(`an owner that lost its partition writes and delivers nothing more when the runtime ${what}`, () =>
      Effect.gen(function* () {
        const { begin, runtime, waiting, log, another } = yield* harness
        const latch = yield* Latch.make(false)
        runtime.respondsWith(() => Effect.andThen(latch.await, says))
        yield* another
        const fiber = yield* begin
        yield* runtime.deliveries.reach(1)
        yield* owner
        yield* latch.open
        yield* TestClock.adjust("1 hour")
        assert.strictEqual(yield* Fiber.join(fiber), "lost")
        assert.lengthOf(runtime.deliveries.all, 1)
        assert.strictEqual((yield* waiting)?.refusals, 0)
        assert.lengthOf(log.of("dispatch.delivered"), 0)
      }).pipe(Effect.provide(baseLayer))
    )
  }

  it.effect("an owner that lost its partition dead-letters nothing", () =>
    Effect.gen(function* () {
      const { begin, runtime, waiting, store, counts, another } = yield* harness
      const latch = yield* Latch.make(false)
      runtime.respondsWith(() => refusedWith(400))
      store.next("deadLetter", (call) => Effect.andThen(latch.await, call))
      const fiber = yield* begin
      yield* minutesOf(another, 5)
      assert.lengthOf(store.calls.deadLetter.all, 1)
      yield* owner
      yield* latch.open
      assert.strictEqual(yield* Fiber.join(fiber), "lost")
      assert.strictEqual((yield* waiting)?.refusals, maxRefusals)
      assert.deepInclude(yield* counts, { deadLettered: 0, pending: 1 })
    }).pipe(Effect.provide(baseLayer))
  )
})
