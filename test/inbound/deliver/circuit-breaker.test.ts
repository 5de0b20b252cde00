import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Semaphore from "effect/Semaphore"
import * as TestClock from "effect/testing/TestClock"
import { Breaker, probeBackoff } from "../../../src/inbound/deliver/circuit-breaker.ts"
import { defaultRules, untried } from "../../../src/inbound/runtime/runtime-health.ts"
import { EventLog } from "../../../src/inbound/event-log/event-log.ts"
import { deliverEvents } from "../../../src/inbound/deliver/worker.ts"
import type { RuntimeAnswer } from "../../../src/inbound/runtime/runtime.ts"
import { RecordedLog } from "../../fakes/log.ts"
import { acknowledged, held, refusedWith, ScriptedRuntime, statusOf, unreached } from "../../fakes/runtime.ts"
import { admittedEvents, conversationOf, eventOf, baseLayer, owner } from "../harness.ts"

const harness = Effect.gen(function* () {
  const own = yield* owner
  const events = yield* EventLog
  const gate = { slots: Semaphore.makeUnsafe(64), ...(yield* Breaker) }
  return {
    begin: Effect.forkChild(deliverEvents(own, gate)),
    gate,
    runtime: yield* ScriptedRuntime,
    log: yield* RecordedLog,
    counts: events.counts
  }
})

const { atOnce } = defaultRules
const range = (count: number) => Array.from({ length: count }, (_, index) => index + 1)

describe("G33 runtime away", () => {
  it.effect(
    "the breaker probes an unreachable runtime with one delivery at a time, and a probe spends no attempt",
    () =>
      Effect.gen(function* () {
        const { begin, runtime, log, counts } = yield* harness
        yield* admittedEvents(...range(500).map((n) => eventOf(n, n)))
        runtime.respondsWith(() => unreached)
        yield* begin
        yield* log.waitFor("runtime.away")
        yield* TestClock.adjust("1 hour")
        const looks = 3_600_000 / (probeBackoff.maxMs / 2)
        assert.isAtMost(runtime.deliveries.all.length, looks + 64 + 10)
        assert.isAtLeast(runtime.deliveries.all.length, 3_600_000 / probeBackoff.maxMs)
        assert.lengthOf(log.of("runtime.away"), 1)
        assert.lengthOf(log.of("dispatch.refused"), 0)
        runtime.respondsWith(() => acknowledged)
        yield* TestClock.adjust(probeBackoff.maxMs)
        yield* log.waitFor("dispatch.delivered", 500)
        assert.lengthOf(log.of("runtime.back"), 1)
        assert.isAtLeast(log.of("runtime.back")[0]?.fields.durationMs ?? 0, 3_600_000)
        assert.deepInclude(yield* counts, { delivered: 500, deadLettered: 0, pending: 0 })
      }).pipe(Effect.provide(baseLayer))
  )

  it.effect("the breaker reports the latest failure code of a runtime, not the one it opened with", () =>
    Effect.gen(function* () {
      const { begin, gate, runtime, log } = yield* harness
      yield* admittedEvents(...range(3).map((n) => eventOf(n, n)))
      runtime.respondsWith(() => unreached)
      yield* begin
      yield* log.waitFor("runtime.away")
      const first = log.of("runtime.away")[0]?.fields.failureCode
      assert.strictEqual(yield* gate.away, first)
      runtime.respondsWith(() => refusedWith(401))
      yield* TestClock.adjust(probeBackoff.maxMs)
      assert.strictEqual(yield* gate.away, "http_401")
      assert.lengthOf(log.of("runtime.away"), 1)
    }).pipe(Effect.provide(baseLayer))
  )

  it.effect(
    `the breaker opens after ${atOnce} conversations held in a row, and not after fewer or a success between`,
    () =>
      Effect.gen(function* () {
        const { begin, runtime, log } = yield* harness
        const stuck = (n: number) => n < atOnce
        runtime.respondsWith(({ conversation }) =>
          range(atOnce - 1).some((n) => conversation === conversationOf(n)) ? held() : acknowledged
        )
        yield* admittedEvents(...range(atOnce).map((n) => eventOf(n, n)))
        yield* begin
        yield* log.waitFor("dispatch.delivered", range(atOnce).filter((n) => !stuck(n)).length)
        yield* TestClock.adjust("10 minutes")
        assert.lengthOf(log.of("runtime.away"), 0)
        runtime.respondsWith(() => held())
        yield* admittedEvents(eventOf(99, 99))
        yield* TestClock.adjust("1 minute")
        assert.lengthOf(log.of("runtime.away"), 1)
      }).pipe(Effect.provide(baseLayer))
  )

  it.effect("the breaker closes when a probe is refused by a runtime with only that event", () =>
    Effect.gen(function* () {
      const { begin, runtime, log } = yield* harness
      runtime.respondsWith(() => unreached)
      yield* admittedEvents(eventOf(1))
      yield* begin
      yield* log.waitFor("runtime.away")
      runtime.respondsWith(() => refusedWith(400))
      yield* TestClock.adjust(probeBackoff.maxMs)
      assert.lengthOf(log.of("runtime.back"), 1)
    }).pipe(Effect.provide(baseLayer))
  )

  it.effect("the breaker waits for the shortest Retry-After of its held events before it probes", () =>
    Effect.gen(function* () {
      const { begin, runtime, log } = yield* harness
      runtime.respondsWith(() => held(60_000))
      yield* admittedEvents(...range(atOnce).map((n) => eventOf(n, n)))
      yield* begin
      yield* log.waitFor("runtime.away")
      yield* admittedEvents(eventOf(9, 9))
      yield* TestClock.adjust(59_999)
      assert.lengthOf(runtime.deliveries.all, atOnce)
      runtime.respondsWith(() => acknowledged)
      yield* TestClock.adjust(2)
      yield* log.waitFor("dispatch.delivered", atOnce + 1)
    }).pipe(Effect.provide(baseLayer))
  )

  it.effect("I8 the breaker closes after one new event is delivered, however many conversations stay stuck", () =>
    Effect.gen(function* () {
      const { begin, runtime, log } = yield* harness
      const others = new Set(range(50).map((n) => conversationOf(n)))
      runtime.respondsWith(({ conversation }) => (others.has(conversation) ? held() : acknowledged))
      yield* admittedEvents(...range(50).map((n) => eventOf(n, n)))
      yield* begin
      yield* log.waitFor("runtime.away")
      yield* TestClock.adjust("10 minutes")
      yield* admittedEvents(eventOf(99, 99))
      yield* TestClock.adjust(probeBackoff.maxMs + 1_000)
      yield* log.waitFor("dispatch.delivered")
    }).pipe(Effect.provide(baseLayer))
  )
})

describe("interrupted probes", () => {
  it.effect("an interrupted probe lets the next delivery probe", () =>
    Effect.gen(function* () {
      const { gate } = yield* harness
      const event = { conversation: "a", position: 1, state: untried, refusals: 0 }
      yield* gate.leave({ probe: false, opening: 0 }, { ...event, answer: yield* unreached })
      const first = yield* Effect.forkChild(gate.enter)
      const second = yield* Effect.forkChild(gate.enter)
      yield* TestClock.adjust("1 second")
      const pass = yield* Fiber.join(first)
      assert.isTrue(pass.probe)
      assert.isUndefined(second.pollUnsafe())
      yield* gate.giveUp(pass)
      assert.isTrue((yield* Fiber.join(second)).probe)
    }).pipe(Effect.provide(baseLayer))
  )
})

describe("G48 unstable runtime", () => {
  it.effect("the breaker logs an unstable runtime as away and back at ever longer intervals", () =>
    Effect.gen(function* () {
      const { gate, log } = yield* harness
      const event = { conversation: "a", position: 1, state: untried, refusals: 0 }
      const hear = (answer: Effect.Effect<RuntimeAnswer>) =>
        Effect.gen(function* () {
          const pass = yield* Effect.forkChild(gate.enter)
          yield* TestClock.adjust(probeBackoff.maxMs)
          yield* gate.leave(yield* Fiber.join(pass), { ...event, answer: yield* answer })
        })
      for (let n = 0; n < 60; n++) {
        yield* hear(statusOf(404))
        yield* hear(acknowledged)
      }
      const awayCount = log.of("runtime.away").length
      assert.isAtMost(awayCount, 5, "of sixty times in ten minutes")
      assert.isAtMost(log.of("runtime.back").length, awayCount)
      yield* TestClock.adjust("1 minute")
      assert.lengthOf(log.of("runtime.back"), log.of("runtime.away").length)
      assert.isUndefined(yield* gate.away)
    }).pipe(Effect.provide(baseLayer))
  )
})

describe("events held repeatedly", () => {
  it.effect(
    "the worker logs an event held repeatedly beside delivered ones at the fifth time, then at each doubling",
    () =>
      Effect.gen(function* () {
        const { begin, runtime, log } = yield* harness
        runtime.respondsWith(({ conversation }) =>
          conversation === conversationOf(1)
            ? Effect.succeed({ _tag: "Held", reason: "timeout", sign: "unclear" })
            : acknowledged
        )
        yield* admittedEvents(eventOf(1, 1), eventOf(2, 2))
        yield* begin
        for (let n = 3; n < 40; n++) {
          yield* admittedEvents(eventOf(n, 2))
          yield* TestClock.adjust("10 seconds")
        }
        const held = log.of("dispatch.held").length
        const stuck = log.of("dispatch.stuck")
        assert.isAbove(held, 10)
        assert.strictEqual(stuck.length, Math.floor(Math.log2(held / 5)) + 1)
        assert.deepInclude(stuck[0]?.fields, { failureCode: "timeout", outcome: "held" })
        assert.lengthOf(log.of("runtime.away"), 0)
      }).pipe(Effect.provide(baseLayer))
  )
})
