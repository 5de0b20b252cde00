import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Latch from "effect/Latch"
import * as TestClock from "effect/testing/TestClock"
import { deliver, maxRefusals } from "../../src/inbound/dispatch.ts"
import { EventLog } from "../../src/inbound/event-log.ts"
import { EventLogFaults } from "../fakes/event-log.ts"
import { appliedAndLost, refused } from "../fakes/faults.ts"
import { RecordedLog } from "../fakes/log.ts"
import { acknowledged, held, refusedWith, ScriptedRuntime } from "../fakes/runtime.ts"
import { admittedEvents, eventOf, ground, owner } from "./house.ts"

const event = eventOf(1)

/** One event that waits in the store for the runtime, and its delivery under way. */
const house = Effect.gen(function* () {
  const events = yield* EventLog
  yield* admittedEvents(event)
  const own = yield* owner
  const waiting = Effect.map(events.pending(0, "runtime", 0, 10), ([entry]) => entry)
  const tries = Effect.gen(function* () {
    for (let attempt = 1; ; attempt++) {
      const entry = yield* waiting
      if (entry === undefined) return "done"
      const tried = yield* deliver(own, { entry, event }, attempt, () => Effect.void)
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
    counts: events.counts
  }
})

describe("the delivery of an event", () => {
  it.effect("I2 is acknowledged once the runtime has acknowledged it, and not before", () =>
    Effect.gen(function* () {
      const { begin, runtime, store, counts } = yield* house
      const latch = yield* Latch.make(false)
      runtime.says(() => Effect.andThen(latch.await, acknowledged))
      const fiber = yield* begin
      yield* runtime.given.reach(1)
      yield* TestClock.adjust("1 hour")
      assert.lengthOf(store.calls.acknowledge.all, 0)
      yield* latch.open
      assert.strictEqual(yield* Fiber.join(fiber), "done")
      assert.deepInclude(yield* counts, { delivered: 1, pending: 0 })
    }).pipe(Effect.provide(ground))
  )

  it.effect("whose acknowledgement the store does not take is not repeated; the acknowledgement is", () =>
    Effect.gen(function* () {
      const { begin, runtime, store, counts } = yield* house
      store.next("acknowledge", refused(), refused(), appliedAndLost())
      const fiber = yield* begin
      yield* TestClock.adjust("2 seconds")
      assert.strictEqual(yield* Fiber.join(fiber), "done")
      assert.lengthOf(store.calls.acknowledge.all, 4)
      assert.lengthOf(runtime.given.all, 1)
      assert.deepInclude(yield* counts, { delivered: 1, pending: 0 })
    }).pipe(Effect.provide(ground))
  )

  it.effect("G33 spends no attempt while the runtime is away, however long", () =>
    Effect.gen(function* () {
      const { begin, runtime, store, waiting, log } = yield* house
      runtime.says((_, nth) => (nth <= 40 ? held() : acknowledged))
      const fiber = yield* begin
      yield* TestClock.adjust("10 minutes")
      assert.isAbove(log.of("dispatch.held").length, maxRefusals)
      assert.lengthOf(store.calls.refuse.all, 0)
      assert.strictEqual((yield* waiting)?.refusals, 0)
      yield* TestClock.adjust("20 minutes")
      assert.strictEqual(yield* Fiber.join(fiber), "done")
      assert.lengthOf(store.calls.deadLetter.all, 0)
    }).pipe(Effect.provide(ground))
  )

  it.effect("waits as long as the runtime asked for, and not less", () =>
    Effect.gen(function* () {
      const { begin, runtime } = yield* house
      runtime.says((_, nth) => (nth === 1 ? held(90_000) : acknowledged))
      const fiber = yield* begin
      yield* TestClock.adjust(89_999)
      assert.lengthOf(runtime.given.all, 1)
      yield* TestClock.adjust(1)
      assert.strictEqual(yield* Fiber.join(fiber), "done")
    }).pipe(Effect.provide(ground))
  )

  it.effect("waits longer each time, from half a second to half a minute", () =>
    Effect.gen(function* () {
      const { begin, runtime } = yield* house
      runtime.says(() => held())
      yield* begin
      yield* TestClock.adjust(249)
      assert.lengthOf(runtime.given.all, 1)
      yield* TestClock.adjust(251)
      assert.lengthOf(runtime.given.all, 2)
      yield* TestClock.adjust("5 minutes")
      const before = runtime.given.all.length
      yield* TestClock.adjust("5 minutes")
      const more = runtime.given.all.length - before
      assert.isAtLeast(more, 10)
      assert.isAtMost(more, 20)
    }).pipe(Effect.provide(ground))
  )
})

describe("G33 an event that the runtime refuses", () => {
  it.effect("is dead-lettered at the fifth time, with the reason, and never acknowledged", () =>
    Effect.gen(function* () {
      const { begin, runtime, store, log, counts } = yield* house
      runtime.says((_, nth) => refusedWith(nth === maxRefusals ? 410 : 422))
      const fiber = yield* begin
      yield* TestClock.adjust("10 minutes")
      assert.strictEqual(yield* Fiber.join(fiber), "done")
      assert.lengthOf(runtime.given.all, maxRefusals)
      assert.deepStrictEqual(
        store.calls.deadLetter.all.map(({ reason }) => reason),
        ["runtime_refused_410"]
      )
      assert.lengthOf(store.calls.acknowledge.all, 0)
      assert.deepInclude(yield* counts, { deadLettered: 1, delivered: 0, pending: 0 })
      const [line] = log.of("dispatch.dead_lettered")
      assert.deepInclude(line?.fields, { dedupeKey: event.eventId, failureCode: "410", outcome: "dead_lettered" })
      assert.strictEqual(line?.level, "error")
      assert.lengthOf(log.of("dispatch.refused"), maxRefusals - 1)
    }).pipe(Effect.provide(ground))
  )

  it.effect("is not brought nearer to that by a runtime that is away in between", () =>
    Effect.gen(function* () {
      const { begin, runtime, waiting } = yield* house
      runtime.says((_, nth) => (nth % 2 === 0 || nth > 8 ? held() : refusedWith(400)))
      yield* begin
      yield* TestClock.adjust("1 hour")
      assert.strictEqual((yield* waiting)?.refusals, maxRefusals - 1)
      runtime.says(() => acknowledged)
      yield* TestClock.adjust("1 minute")
      assert.isUndefined(yield* waiting)
    }).pipe(Effect.provide(ground))
  )

  it.effect("has its refusals counted by the store, so that another owner goes on where this one ended", () =>
    Effect.gen(function* () {
      const { begin, runtime, waiting } = yield* house
      runtime.says((_, nth) => (nth === maxRefusals - 1 ? held() : refusedWith(400)))
      const first = yield* begin
      yield* runtime.given.reach(1)
      yield* TestClock.adjust("2 seconds")
      yield* Fiber.interrupt(first)
      const refusals = (yield* waiting)?.refusals ?? 0
      assert.isAbove(refusals, 0)
      runtime.says(() => refusedWith(400))
      const given = runtime.given.all.length
      const second = yield* begin
      yield* TestClock.adjust("10 minutes")
      assert.strictEqual(yield* Fiber.join(second), "done")
      assert.lengthOf(runtime.given.all, given + maxRefusals - refusals)
    }).pipe(Effect.provide(ground))
  )

  it.effect("has each refusal counted once, also where the store's answer was lost", () =>
    Effect.gen(function* () {
      const { begin, runtime, store } = yield* house
      store.next("refuse", appliedAndLost())
      runtime.says(() => refusedWith(400))
      const fiber = yield* begin
      yield* TestClock.adjust("10 minutes")
      assert.strictEqual(yield* Fiber.join(fiber), "done")
      assert.lengthOf(runtime.given.all, maxRefusals)
    }).pipe(Effect.provide(ground))
  )
})

describe("G30 an owner that has lost its partition", () => {
  for (const [what, says] of [
    ["acknowledges", acknowledged],
    ["refuses", refusedWith(400)]
  ] as const) {
    it.effect(`writes nothing and delivers no more where the runtime ${what}`, () =>
      Effect.gen(function* () {
        const { begin, runtime, waiting, log } = yield* house
        const latch = yield* Latch.make(false)
        runtime.says(() => Effect.andThen(latch.await, says))
        const fiber = yield* begin
        yield* runtime.given.reach(1)
        yield* owner
        yield* latch.open
        yield* TestClock.adjust("1 hour")
        assert.strictEqual(yield* Fiber.join(fiber), "lost")
        assert.lengthOf(runtime.given.all, 1)
        assert.strictEqual((yield* waiting)?.refusals, 0)
        assert.lengthOf(log.of("dispatch.delivered"), 0)
      }).pipe(Effect.provide(ground))
    )
  }

  it.effect("dead-letters nothing", () =>
    Effect.gen(function* () {
      const { begin, runtime, waiting, store, counts } = yield* house
      const latch = yield* Latch.make(false)
      runtime.says(() => refusedWith(400))
      store.next("deadLetter", (call) => Effect.andThen(latch.await, call))
      const fiber = yield* begin
      yield* TestClock.adjust("10 minutes")
      assert.lengthOf(store.calls.deadLetter.all, 1)
      yield* owner
      yield* latch.open
      assert.strictEqual(yield* Fiber.join(fiber), "lost")
      assert.strictEqual((yield* waiting)?.refusals, maxRefusals)
      assert.deepInclude(yield* counts, { deadLettered: 0, pending: 1 })
    }).pipe(Effect.provide(ground))
  )
})
