import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Semaphore from "effect/Semaphore"
import * as TestClock from "effect/testing/TestClock"
import type { InboundEvent } from "../../src/domain/event.ts"
import { Personal } from "../../src/domain/personal.ts"
import { Breaker } from "../../src/inbound/deliver/circuit-breaker.ts"
import { EventLog } from "../../src/inbound/event-log/event-log.ts"
import {
  type ConversationQueue,
  maxQueueLength,
  conversationQueues
} from "../../src/inbound/ordering/conversation-queues.ts"
import { deliverEvents } from "../../src/inbound/deliver/worker.ts"
import { EventLogFaults } from "../fakes/event-log.ts"
import { RecordedLog } from "../fakes/log.ts"
import { acknowledged, ScriptedRuntime, unreached } from "../fakes/runtime.ts"
import { admittedEvents, conversationOf, eventOf, baseLayer, owner } from "./harness.ts"

const numberOf = ({ personal }: InboundEvent) => Number(Personal.open(personal).providerId.slice("provider-".length))
const range = (count: number) => Array.from({ length: count }, (_, index) => index)

describe("I2 runtime away for a day", () => {
  it.effect(
    "a runtime that returns after a day receives the backlog in order, and new events do not wait for it",
    () =>
      Effect.gen(function* () {
        const events = yield* EventLog
        const runtime = yield* ScriptedRuntime
        const log = yield* RecordedLog
        const own = yield* owner
        const gate = { slots: Semaphore.makeUnsafe(4), ...(yield* Breaker) }
        runtime.respondsWith(() => unreached)
        yield* Effect.forkChild(deliverEvents(own, gate))
        let n = 0
        // One person writes half of it, forty the rest.
        for (const hour of range(24)) {
          yield* admittedEvents(...range(40).map((m) => eventOf(++n, m % 2 === 0 ? 1 : 2 + ((hour * 20 + m) % 80))))
          yield* TestClock.adjust("1 hour")
        }
        const deliveriesBefore = runtime.deliveries.all.length
        assert.isAtMost(deliveriesBefore, 24 * 1_440 + 100)
        runtime.respondsWith(() => Effect.andThen(Effect.sleep(20), acknowledged))
        yield* TestClock.adjust("6 seconds")
        const backlog = runtime.deliveries.all.length - deliveriesBefore
        assert.isAbove(backlog, 10)
        yield* admittedEvents(eventOf(9_000, 900), eventOf(9_001, 901))
        yield* TestClock.adjust("1500 millis")
        const fresh = runtime.deliveries.all.slice(deliveriesBefore).map(numberOf)
        assert.includeMembers(fresh, [9_000, 9_001])
        assert.isAbove((yield* events.counts).pending, 200)
        yield* TestClock.adjust("1 minute")
        yield* log.waitFor("dispatch.delivered", n + 2)
        const delivered = runtime.deliveries.all.slice(deliveriesBefore)
        for (const conversation of [1, 3, 5, 61]) {
          const order = delivered.filter((event) => event.conversation === conversationOf(conversation)).map(numberOf)
          assert.isAbove(order.length, 5)
          assert.deepStrictEqual(
            order,
            order.toSorted((a, b) => a - b)
          )
        }
        const { refuse, deadLetter } = (yield* EventLogFaults).calls
        assert.lengthOf([...refuse.all, ...deadLetter.all], 0)
        assert.deepInclude(yield* events.counts, { delivered: n + 2, deadLettered: 0, pending: 0 })
      }).pipe(Effect.provide(baseLayer)),
    300_000
  )
})

describe("queue of one conversation", () => {
  it.effect("a conversation queue keeps few positions in memory, and reads skipped and new ones from the store", () =>
    Effect.gen(function* () {
      const stored: Array<number> = []
      const ready: Array<ConversationQueue<number>> = []
      const conversation = (position: number) => (position % 3 === 0 ? "other" : "deep")
      const placeOf = (position: number) => ({
        position,
        conversation: conversation(position),
        item: () => Effect.succeed(position)
      })
      const { add, head, shift } = conversationQueues<number, never>(
        (from, limit) =>
          Effect.map(Effect.yieldNow, () =>
            stored
              .filter((position) => position > from)
              .slice(0, Math.min(limit, 10))
              .map(placeOf)
          ),
        (line) => void ready.push(line)
      )
      const come = (position: number) =>
        Effect.suspend(() => {
          stored.push(position)
          return add(placeOf(position), "backlog")
        })
      yield* Effect.forEach(range(1_000), (n) => come(n + 1))
      assert.deepStrictEqual(
        ready.map(({ waiting }) => waiting.length),
        [maxQueueLength, maxQueueLength]
      )
      const reader = yield* Effect.forkChild(
        Effect.forEach(range(500), (n) => Effect.andThen(Effect.yieldNow, come(1_001 + n)))
      )
      const worked: Record<string, Array<number>> = { deep: [], other: [] }
      const work = Effect.gen(function* () {
        const line = ready.shift()
        if (line === undefined) return yield* Effect.yieldNow
        assert.isAtMost(line.waiting.length, maxQueueLength)
        worked[line.conversation]?.push((yield* head(line)) ?? 0)
        yield* shift(line)
      })
      yield* Effect.repeat(work, { until: () => reader.pollUnsafe() !== undefined && ready.length === 0 })
      for (const name of ["deep", "other"]) {
        assert.deepStrictEqual(
          worked[name],
          stored.filter((position) => conversation(position) === name)
        )
      }
    })
  )
})
