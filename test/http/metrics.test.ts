import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Latch from "effect/Latch"
import * as Fiber from "effect/Fiber"
import { EventLog } from "../../src/inbound/event-log/event-log.ts"
import { EventLogFaults } from "../fakes/event-log.ts"
import { heldBy, refused } from "../fakes/faults.ts"
import { api, baseLayer } from "./harness.ts"
import { into } from "../support/into.ts"

const admit = (from: number, count: number) =>
  EventLog.use((events) =>
    events.admit(
      into(0, {
        nonce: `nonce-${from}`,
        entries: Array.from({ length: count }, (_, n) => ({
          key: `evt_${(from + n).toString(16).padStart(32, "0")}`,
          sort: "event" as const,
          consumers: ["runtime"] as const,
          record: "0:{}"
        }))
      })
    )
  )

const value = (text: string, name: string) => new RegExp(`^comporta_events_${name} (\\d+)$`, "m").exec(text)?.[1]

describe("metrics", () => {
  it.effect("G35 the metrics show the store's own numbers, however often they are scraped", () =>
    Effect.gen(function* () {
      const ask = yield* api
      yield* admit(1, 3)
      const first = yield* ask("/metrics")
      assert.match(first.headers.get("content-type") ?? "", /^text\/plain; version=0\.0\.4/)
      yield* admit(2, 4)
      yield* ask("/metrics")
      const { text } = yield* ask("/metrics")
      assert.deepStrictEqual(
        ["received_total", "admitted_total", "deduped_total", "pending"].map((name) => value(text, name)),
        ["7", "5", "2", "5"]
      )
    }).pipe(Effect.provide(baseLayer))
  )

  it.effect("concurrent scrapes count nothing twice", () =>
    Effect.gen(function* () {
      const ask = yield* api
      const store = yield* EventLogFaults
      const latch = yield* Latch.make(false)
      yield* admit(1, 3)
      store.next("counts", heldBy(latch))
      const scrapes = yield* Effect.forkChild(
        Effect.all([ask("/metrics"), ask("/metrics")], { concurrency: "unbounded" })
      )
      yield* store.calls.counts.reach(1)
      yield* latch.open
      for (const { text } of yield* Fiber.join(scrapes)) assert.strictEqual(value(text, "admitted_total"), "3")
    }).pipe(Effect.provide(baseLayer))
  )

  it.effect("the metrics keep their last numbers while the store is unavailable", () =>
    Effect.gen(function* () {
      const ask = yield* api
      const store = yield* EventLogFaults
      yield* admit(1, 3)
      yield* ask("/metrics")
      store.next("counts", refused())
      const { status, text } = yield* ask("/metrics")
      assert.deepStrictEqual([status, value(text, "admitted_total")], [200, "3"])
    }).pipe(Effect.provide(baseLayer))
  )
})
