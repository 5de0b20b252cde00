import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/testing/TestClock"
import { EventLog } from "../../../src/inbound/event-log/event-log.ts"
import { EventRecords } from "../../../src/inbound/event-log/event-admin.ts"
import { retention } from "../../../src/inbound/event-log/retention.ts"
import { sweepEventLog } from "../../../src/inbound/workers.ts"
import { admittedEvents, eventIdOf, eventOf, baseLayer, owner } from "../harness.ts"

const keys = EventRecords.use((records) => records.events({ limit: 10, order: "oldest" })).pipe(
  Effect.map(({ entries }) => entries.map(({ key }) => key))
)

describe("sweep of an owned partition", () => {
  it.effect("G9 the sweep deletes delivered events after their retention, and leaves the others until theirs", () =>
    Effect.gen(function* () {
      const log = yield* EventLog
      const ours = yield* owner
      yield* admittedEvents(eventOf(1), eventOf(2))
      yield* Effect.forkChild(sweepEventLog(ours))
      yield* log.acknowledge(ours, "runtime", 1)
      yield* TestClock.adjust(retention.delivered - 1)
      assert.lengthOf(yield* keys, 2)
      yield* TestClock.adjust("1 minutes")
      assert.deepStrictEqual(yield* keys, [eventIdOf(2)])
      yield* log.acknowledge(ours, "runtime", 2)
      yield* TestClock.adjust(retention.delivered - 1)
      assert.lengthOf(yield* keys, 1)
      yield* TestClock.adjust("1 minutes")
      assert.lengthOf(yield* keys, 0)
    }).pipe(Effect.provide(baseLayer))
  )
})
