import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { EventLog } from "../../../src/inbound/event-log/event-log.ts"
import { EventRecords } from "../../../src/inbound/event-log/event-admin.ts"
import type { StoreUnderTest } from "../store.ts"
import { assertConserved, batch, event, ownerOf, positions, quarantined } from "./subject.ts"
import { into } from "../../support/into.ts"

const all = { limit: 100, order: "oldest" } as const
const waiting = EventLog.use((log) => log.pending(0, "runtime", 0, 100))
const places = EventRecords.use((records) => records.events(all)).pipe(
  Effect.map(({ entries }) => entries.map(({ place = "" }) => place))
)

/** Acknowledges or dead-letters every pending event of partition 0. */
const end = Effect.fnUntraced(function* (how: "acknowledge" | "dead-letter") {
  const log = yield* EventLog
  const owner = yield* ownerOf(0)
  for (const position of yield* positions(0, "runtime")) {
    if (how === "acknowledge") yield* log.acknowledge(owner, "runtime", position)
    else yield* log.deadLetter(owner, position, "refused 410")
  }
})

export const againContract = <R>(name: string, { layer }: StoreUnderTest<R>) => {
  describe(`redrive and replay in ${name}`, () => {
    it.effect("the event log redrives a dead letter each time, flagged and with its refusals reset", () =>
      Effect.gen(function* () {
        const log = yield* EventLog
        const records = yield* EventRecords
        yield* log.admit(into(0, batch(event(1))))
        const owner = yield* ownerOf(0)
        yield* log.refuse(owner, 1, 4)
        for (const time of [1, 2, 3]) {
          yield* end("dead-letter")
          assert.deepStrictEqual(yield* waiting, [])
          yield* log.admit(into(0, batch(event(10 + time))))
          assert.deepStrictEqual(yield* records.redrive([event(1).key, event(99).key]), [event(1).key])
          assert.deepStrictEqual(yield* records.redrive([event(1).key]), [])
          const again = (yield* waiting).at(-1)
          assert.deepStrictEqual([again?.key, again?.record], [event(1).key, event(1).record])
          assert.deepStrictEqual([again?.refusals, again?.redriven, again?.replay], [0, true, undefined])
          assert.isUndefined((yield* waiting)[0]?.redriven)
          const counts = yield* assertConserved
          assert.deepStrictEqual([counts.again, counts.pending], [time, 2])
        }
        yield* end("acknowledge")
        assert.deepStrictEqual(yield* waiting, [])
        assert.deepStrictEqual(yield* log.admit(into(0, batch(event(1)))), ["deduped"])
        const found = yield* records.event(event(1).key)
        assert.deepStrictEqual([found?.state, found?.replays], ["delivered", 0])
        const listed = (yield* records.events(all)).entries.filter(({ key }) => key === event(1).key)
        assert.lengthOf(listed, 1)
        yield* assertConserved
      }).pipe(Effect.provide(layer()))
    )

    it.effect("a redriven event stays pending for the ledger too", () =>
      Effect.gen(function* () {
        const log = yield* EventLog
        const records = yield* EventRecords
        yield* log.admit(into(0, batch(event(1, ["runtime", "ledger"]))))
        yield* end("dead-letter")
        yield* records.redrive([event(1).key])
        const [entry, ...more] = yield* log.pending(0, "ledger", 0, 10)
        assert.deepStrictEqual([entry?.record, more.length], [event(1).record, 0])
        const owner = yield* ownerOf(0)
        assert.strictEqual(yield* log.acknowledge(owner, "ledger", entry?.position ?? 0), "written")
        assert.deepStrictEqual(yield* positions(0, "runtime"), [entry?.position])
        yield* assertConserved
      }).pipe(Effect.provide(layer()))
    )

    it.effect("G33 a delivered event is replayed under a new number each time, and its record does not change", () =>
      Effect.gen(function* () {
        const log = yield* EventLog
        const records = yield* EventRecords
        yield* log.admit(into(0, batch(event(1))))
        const [place = ""] = yield* places
        assert.deepStrictEqual(yield* records.replay([place]), [{ place, replay: "pending" }])
        yield* end("acknowledge")
        assert.deepStrictEqual(yield* records.replay([place]), [{ place, replay: 1 }])
        assert.deepStrictEqual(yield* records.replay([place, place]), [
          { place, replay: 2 },
          { place, replay: 3 }
        ])
        assert.deepStrictEqual(
          (yield* waiting).map(({ key, replay, redriven, record }) => [key, replay, redriven, record]),
          [1, 2, 3].map((n) => [event(1).key, n, undefined, event(1).record])
        )
        assert.deepStrictEqual(yield* places, [place])
        const found = yield* records.event(event(1).key)
        assert.deepStrictEqual([found?.place, found?.state, found?.replays], [place, "delivered", 3])
        const counts = yield* assertConserved
        assert.deepStrictEqual([counts.received, counts.admitted, counts.again, counts.pending], [4, 4, 3, 3])
        yield* end("acknowledge")
        assert.strictEqual((yield* assertConserved).delivered, 4)
      }).pipe(Effect.provide(layer()))
    )

    it.effect("a refused replay becomes a dead letter of its own, and is redriven as that replay", () =>
      Effect.gen(function* () {
        const log = yield* EventLog
        const records = yield* EventRecords
        yield* log.admit(into(0, batch(event(1))))
        yield* end("acknowledge")
        yield* records.replay(yield* places)
        yield* end("dead-letter")
        const id = `${event(1).key}.r1`
        assert.deepStrictEqual(
          (yield* records.deadLetters(all)).entries.map((letter) => letter.id),
          [id]
        )
        assert.strictEqual((yield* records.event(event(1).key))?.state, "delivered")
        assert.deepStrictEqual(yield* records.redrive([id]), [id])
        const [again] = yield* waiting
        assert.deepStrictEqual([again?.key, again?.replay, again?.redriven], [event(1).key, 1, true])
        assert.deepStrictEqual(yield* records.replay(yield* places), [{ place: (yield* places)[0] ?? "", replay: 2 }])
        yield* assertConserved
      }).pipe(Effect.provide(layer()))
    )

    it.effect("the event log replays no event that is dead-lettered or absent", () =>
      Effect.gen(function* () {
        const log = yield* EventLog
        const records = yield* EventRecords
        yield* log.admit(into(0, batch(event(1))))
        yield* end("dead-letter")
        const [place = ""] = yield* places
        assert.deepStrictEqual(
          (yield* records.replay([place, "1-1-0", "1-1-1", "1-1-9"]))
            .map(({ replay }) => replay)
            .filter((one) => one !== "absent"),
          ["dead_lettered"]
        )
        assert.deepStrictEqual(yield* waiting, [])
        yield* assertConserved
      }).pipe(Effect.provide(layer()))
    )

    it.effect("a quarantined item is released once, and its result is counted", () =>
      Effect.gen(function* () {
        const log = yield* EventLog
        const records = yield* EventRecords
        yield* log.admit(into(0, batch(quarantined(1), quarantined(2))))
        yield* log.admit(into(1, batch(event(1))))
        assert.isTrue(yield* records.removeQuarantined(quarantined(1).key, 1))
        assert.isFalse(yield* records.removeQuarantined(quarantined(1).key, 1))
        assert.deepStrictEqual(
          (yield* records.quarantine(all)).entries.map(({ id }) => id),
          [quarantined(2).key]
        )
        assert.deepStrictEqual(yield* log.admit(into(0, batch(quarantined(1)))), ["deduped"])
        const counts = yield* assertConserved
        assert.deepStrictEqual([counts.received, counts.quarantined, counts.again], [4, 2, 1])
      }).pipe(Effect.provide(layer()))
    )
  })
}
