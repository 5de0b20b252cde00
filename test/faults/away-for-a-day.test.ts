import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as TestClock from "effect/testing/TestClock"
import * as MemoryLedger from "../../layers/memory/intent-ledger.ts"
import type { InboundEvent } from "../../src/domain/event.ts"
import { Personal } from "../../src/domain/personal.ts"
import { EventLog } from "../../src/inbound/event-log/event-log.ts"
import * as Workers from "../../src/inbound/workers.ts"
import { conserves } from "../support/client.ts"
import { fixtureChannels } from "../fakes/channel.ts"
import { EventLogFaults } from "../fakes/event-log.ts"
import { scriptedIntents } from "../fakes/intents.ts"
import { RecordedLog } from "../fakes/log.ts"
import { acknowledged, ScriptedRuntime, unreached } from "../fakes/runtime.ts"
import { admitted, conversationOf, entryOf, eventOf, baseLayer } from "../inbound/harness.ts"
import { numbers } from "./support/talk.ts"

const conversations = 150
const hours = 24
const perHour = 100
/** Milliseconds that the runtime takes over one event. */
const thinking = 1_000

/** The whole way to the runtime, over a store within this process. */
const around = Layer.mergeAll(scriptedIntents, fixtureChannels, Layer.provide(MemoryLedger.layer(), baseLayer))
const workers = Workers.layer({ replica: "one", push: true })

const numberOf = ({ personal }: InboundEvent) => Number(Personal.open(personal).providerId.slice("provider-".length))

/** The events of these numbers, each in a conversation of its number's; both consumers wait for each. */
const come = (from: number, count: number, conversation: (n: number) => number) =>
  Effect.flatMap(
    Effect.forEach(numbers(count, from), (n) => entryOf(eventOf(n, conversation(n)), ["runtime", "ledger"])),
    (entries) => admitted(...entries)
  )

describe("I2 I3 I8 runtime away for a day", () => {
  it.effect(
    "a runtime that returns receives the backlog in order, and new events do not wait for it",
    () =>
      Effect.gen(function* () {
        const events = yield* EventLog
        const runtime = yield* ScriptedRuntime
        const faults = yield* EventLogFaults
        const log = yield* RecordedLog
        yield* Layer.build(workers)
        runtime.respondsWith(() => unreached)
        for (const hour of numbers(hours)) {
          yield* come(hour * perHour, perHour, (n) => n % conversations)
          for (const _ of numbers(60)) yield* TestClock.adjust("1 minute")
        }
        const backlog = hours * perHour
        assert.deepInclude(yield* events.counts, { admitted: backlog, delivered: 0, deadLettered: 0, pending: backlog })
        assert.deepStrictEqual(yield* events.pending(0, "ledger", 0, 1), [], "statuses wait for no runtime (G22)")

        const deliveriesBefore = runtime.deliveries.all.length
        runtime.respondsWith(() => Effect.andThen(Effect.sleep(thinking), acknowledged))
        yield* TestClock.adjust("6 seconds")
        const fresh = 20
        yield* come(backlog, fresh, (n) => n)
        yield* TestClock.adjust("3 seconds")
        const received = runtime.deliveries.all.slice(deliveriesBefore).map(numberOf)
        assert.includeMembers(received, [...numbers(fresh, backlog)], "what came now was heard within three seconds")
        assert.isAbove((yield* events.counts).pending, backlog / 4, "while most of what had waited was still waiting")

        yield* Effect.repeat(TestClock.adjust("1 second"), {
          until: () => Effect.map(events.counts, ({ pending }) => pending === 0)
        })
        const counts = yield* events.counts
        assert.isTrue(conserves(counts))
        assert.deepInclude(counts, { admitted: backlog + fresh, delivered: backlog + fresh, deadLettered: 0 })
        assert.lengthOf(faults.calls.refuse.all, 0)
        assert.lengthOf(log.of("internal"), 0)
        for (const conversation of numbers(conversations)) {
          const ofOne = runtime.deliveries.all
            .slice(deliveriesBefore)
            .filter((event) => event.conversation === conversationOf(conversation))
          assert.deepStrictEqual(
            ofOne.map(numberOf),
            numbers(backlog / conversations).map((n) => n * conversations + conversation)
          )
        }
      }).pipe(Effect.provide(Layer.provideMerge(around, baseLayer))),
    600_000
  )
})
