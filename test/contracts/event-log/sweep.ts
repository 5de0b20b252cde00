import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { EventLog, type Ownership } from "../../../src/inbound/event-log/event-log.ts"
import { EventRecords } from "../../../src/inbound/event-log/event-admin.ts"
import type { StoreUnderTest } from "../store.ts"
import { assertConserved, batch, event, idOf, ownerOf, positions, quarantined } from "./subject.ts"
import { into } from "../../support/into.ts"

/** A retention in milliseconds that has already expired. */
const over = -1_000

const sweepAll = (owner: Ownership): Effect.Effect<void, unknown, EventLog> =>
  EventLog.use((log) => log.sweep(owner)).pipe(
    Effect.flatMap((answer) => (answer === "more" ? sweepAll(owner) : Effect.void))
  )

const keys = EventRecords.use((records) => records.events({ limit: 200, order: "oldest" })).pipe(
  Effect.map(({ entries }) => entries.map(({ key }) => key))
)

const acknowledgeAll = Effect.fnUntraced(function* (owner: Ownership, but: ReadonlyArray<number> = []) {
  const log = yield* EventLog
  for (const [index, position] of (yield* positions(owner.partition, "runtime")).entries()) {
    if (!but.includes(index)) yield* log.acknowledge(owner, "runtime", position)
  }
})

export const sweepContract = <R>(name: string, { layer }: StoreUnderTest<R>) => {
  describe(`sweep of the event log in ${name}`, () => {
    it.effect(
      "G31 the sweep deletes delivered events after their retention, and no event that a consumer still needs",
      () =>
        Effect.gen(function* () {
          const log = yield* EventLog
          yield* log.admit(into(0, batch(event(1), event(2, ["runtime", "ledger"]), event(3))))
          const owner = yield* ownerOf(0)
          yield* acknowledgeAll(owner, [2])
          yield* sweepAll(owner)
          assert.deepStrictEqual(yield* keys, [idOf("evt", 2), idOf("evt", 3)])
          const [waiting] = yield* log.pending(0, "ledger", 0, 10)
          assert.strictEqual(waiting?.record, event(2).record)
          yield* log.acknowledge(owner, "ledger", waiting?.position ?? 0)
          yield* acknowledgeAll(owner)
          yield* sweepAll(owner)
          yield* assertConserved
        }).pipe(Effect.provide(layer({ delivered: over })))
    )

    it.effect("G31 an event dead-lettered after the sweep passed it still leaves the log after its retention", () =>
      Effect.gen(function* () {
        const log = yield* EventLog
        const records = yield* EventRecords
        yield* log.admit(into(0, batch(event(1), event(2, ["runtime", "ledger"]))))
        const owner = yield* ownerOf(0)
        yield* sweepAll(owner)
        for (const position of yield* positions(0, "runtime")) yield* log.deadLetter(owner, position, "refused 410")
        yield* sweepAll(owner)
        assert.deepStrictEqual(yield* keys, [idOf("evt", 2)])
        const [waiting] = yield* log.pending(0, "ledger", 0, 10)
        assert.strictEqual(waiting?.record, event(2).record)
        yield* log.acknowledge(owner, "ledger", waiting?.position ?? 0)
        yield* sweepAll(owner)
        assert.deepStrictEqual(yield* keys, [])
        assert.strictEqual((yield* records.deadLetter(event(1).key))?.record, event(1).record)
        assert.deepStrictEqual(yield* records.redrive([event(1).key]), [event(1).key])
        yield* assertConserved
      }).pipe(Effect.provide(layer({ delivered: over })))
    )

    it.effect("G31 the sweep deletes the delivered events around a stuck one", () =>
      Effect.gen(function* () {
        const log = yield* EventLog
        yield* log.admit(into(0, batch(...Array.from({ length: 700 }, (_, n) => event(n)))))
        const owner = yield* ownerOf(0)
        yield* acknowledgeAll(owner, [100])
        yield* sweepAll(owner)
        assert.deepStrictEqual(yield* keys, [idOf("evt", 100)])
        yield* log.admit(into(0, batch(event(1_000))))
        const pending = yield* log.pending(0, "runtime", 0, 10)
        assert.deepStrictEqual(
          pending.map(({ record }) => record),
          [event(100).record, event(1_000).record]
        )
        yield* assertConserved
      }).pipe(Effect.provide(layer({ delivered: over })))
    )

    it.effect("G9 the sweep deletes delivered statuses after their own retention, and no other event", () =>
      Effect.gen(function* () {
        const log = yield* EventLog
        const records = yield* EventRecords
        const all = [1, 2, 3, 4, 5].map((n) => event(n, n === 4 ? ["runtime", "ledger"] : ["runtime"]))
        const record = (n: number) =>
          `[1,"evt","cor","whatsapp","support","1","cnv","whatsapp.${n}","${n === 3 ? "message" : "status"}",17${n},0]\n0:{"n":${n}}`
        yield* log.admit(into(0, batch(...all.map((entry, at) => ({ ...entry, record: record(at + 1) })))))
        const owner = yield* ownerOf(0)
        yield* acknowledgeAll(owner, [4])
        yield* sweepAll(owner)
        assert.deepStrictEqual(yield* keys, [idOf("evt", 3), idOf("evt", 4), idOf("evt", 5)])
        assert.strictEqual((yield* records.event(event(3).key))?.record, record(3))
        assert.isUndefined(yield* records.event(event(1).key))
        yield* log.acknowledge(owner, "ledger", 4)
        yield* acknowledgeAll(owner)
        yield* sweepAll(owner)
        assert.includeMembers(yield* keys, [idOf("evt", 3)])
        yield* assertConserved
      }).pipe(Effect.provide(layer({ statuses: over })))
    )

    it.effect("G9 the sweep keeps a delivered event, a dead letter and a quarantined item within their retention", () =>
      Effect.gen(function* () {
        const log = yield* EventLog
        const records = yield* EventRecords
        yield* log.admit(into(0, batch(event(1), event(2), quarantined(3))))
        const owner = yield* ownerOf(0)
        const [first = 0, second = 0] = yield* positions(0, "runtime")
        yield* log.acknowledge(owner, "runtime", first)
        yield* log.deadLetter(owner, second, "refused 410")
        yield* sweepAll(owner)
        assert.lengthOf(yield* keys, 2)
        const all = { limit: 10, order: "newest" } as const
        assert.lengthOf((yield* records.deadLetters(all)).entries, 1)
        assert.lengthOf((yield* records.quarantine(all)).entries, 1)
      }).pipe(Effect.provide(layer()))
    )

    it.effect(
      "G9 the sweep deletes dead letters and quarantined items after their retention, and they stay counted",
      () =>
        Effect.gen(function* () {
          const log = yield* EventLog
          const records = yield* EventRecords
          yield* log.admit(into(0, batch(event(1), quarantined(3))))
          const owner = yield* ownerOf(0)
          const [first = 0] = yield* positions(0, "runtime")
          yield* log.deadLetter(owner, first, "refused 410")
          yield* sweepAll(owner)
          assert.isUndefined(yield* records.deadLetter(event(1).key))
          assert.isUndefined(yield* records.quarantined(quarantined(3).key))
          assert.deepStrictEqual(yield* records.redrive([event(1).key]), [])
          const counts = yield* assertConserved
          assert.deepStrictEqual([counts.deadLettered, counts.quarantined], [1, 1])
        }).pipe(Effect.provide(layer({ deadLetters: over })))
    )

    it.effect("G9 the sweep deletes the oldest delivered events above the size limit, and no pending event", () =>
      Effect.gen(function* () {
        const log = yield* EventLog
        yield* log.admit(into(0, batch(...Array.from({ length: 10 }, (_, n) => event(n)))))
        const owner = yield* ownerOf(0)
        yield* acknowledgeAll(owner, [0])
        yield* sweepAll(owner)
        assert.deepStrictEqual(yield* keys, [idOf("evt", 0), idOf("evt", 8), idOf("evt", 9)])
        yield* acknowledgeAll(owner)
        yield* sweepAll(owner)
        assert.includeMembers(yield* keys, [idOf("evt", 8), idOf("evt", 9)])
      }).pipe(Effect.provide(layer({ deliveredBytes: 2 * 3 * Buffer.byteLength(event(0).record) })))
    )

    it.effect("G30 an owner that lost its partition sweeps nothing", () =>
      Effect.gen(function* () {
        const log = yield* EventLog
        yield* log.admit(into(0, batch(event(1))))
        const stale = yield* ownerOf(0)
        const owner = yield* ownerOf(0)
        yield* acknowledgeAll(owner)
        assert.strictEqual(yield* log.sweep(stale), "stale")
        assert.lengthOf(yield* keys, 1)
        assert.strictEqual(yield* log.sweep(owner), "done")
        assert.lengthOf(yield* keys, 0)
      }).pipe(Effect.provide(layer({ delivered: over })))
    )
  })
}
