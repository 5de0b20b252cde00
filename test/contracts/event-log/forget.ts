import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { EventId } from "../../../src/domain/ids.ts"
import { EventLog } from "../../../src/inbound/event-log/event-log.ts"
import { EventRecords, type StoredRecord, type Collection } from "../../../src/inbound/event-log/event-admin.ts"
import { Partitions } from "../../../src/partition/partitions.ts"
import { Replies } from "../../../src/inbound/replies/replies.ts"
import type { StoreUnderTest } from "../store.ts"
import { assertConserved, batch, event, ownerOf, positions, quarantined } from "./subject.ts"
import { into } from "../../support/into.ts"

const stored = (collection: Collection, limit = 2): Effect.Effect<ReadonlyArray<StoredRecord>, unknown, EventRecords> =>
  Effect.gen(function* () {
    const records = yield* EventRecords
    const found = new Map<string, StoredRecord>()
    let after: string | undefined
    do {
      const { entries, next } = yield* records.stored(0, collection, limit, after)
      for (const one of entries) found.set(one.place, one)
      after = next
    } while (after !== undefined)
    return [...found.values()]
  })

const of = (found: ReadonlyArray<StoredRecord>, ...records: ReadonlyArray<string>) =>
  found.filter(({ record }) => records.includes(record)).map(({ place }) => place)

const recordsOf = (found: ReadonlyArray<StoredRecord>) => found.map(({ record }) => record).toSorted()

export const forgetContract = <R>(name: string, { layer }: StoreUnderTest<R>) => {
  describe(`erasure in ${name}`, () => {
    it.effect(
      "G35 an erased event leaves every consumer, counts as dead-lettered if it was pending, and conservation holds",
      () =>
        Effect.gen(function* () {
          const log = yield* EventLog
          const records = yield* EventRecords
          const all = [event(1), event(2, ["runtime", "ledger"]), event(3), event(4, ["runtime", "ledger"]), event(5)]
          yield* log.admit(into(0, batch(...all)))
          const owner = yield* ownerOf(0)
          yield* log.acknowledge(owner, "runtime", 1)
          const found = yield* stored("log")
          assert.deepStrictEqual(
            recordsOf(found),
            all.map(({ record }) => record)
          )
          const places = of(found, event(1).record, event(2).record, event(4).record)
          const before = yield* assertConserved
          const answer = yield* records.erase(0, "log", places)
          assert.deepStrictEqual(answer, { erased: 3, pending: 2 })
          const after = yield* assertConserved
          assert.strictEqual(after.deadLettered, before.deadLettered + 2)
          assert.strictEqual(after.delivered, before.delivered)
          assert.deepStrictEqual(yield* positions(0, "ledger"), [])
          assert.deepStrictEqual(yield* positions(0, "runtime"), [3, 5])
          assert.deepStrictEqual(yield* records.erase(0, "log", places), { erased: 0, pending: 0 })
          assert.deepStrictEqual(recordsOf(yield* stored("log")), [event(3).record, event(5).record])
          assert.deepStrictEqual(yield* log.admit(into(0, batch(event(1), event(2)))), ["deduped", "deduped"])
          assert.deepStrictEqual((yield* records.deadLetters({ limit: 9, order: "oldest" })).entries, [])
          assert.deepStrictEqual(yield* log.counts, { ...after, received: after.received + 2, deduped: 2 })
        }).pipe(Effect.provide(layer()))
    )

    it.effect(
      "G30 an owner that held an erased pending event can write no more, and the next owner does not receive it",
      () =>
        Effect.gen(function* () {
          const log = yield* EventLog
          const records = yield* EventRecords
          yield* log.admit(into(0, batch(event(1), event(2))))
          const owner = yield* ownerOf(0)
          const [first] = yield* stored("log")
          yield* records.erase(0, "log", [first?.place ?? ""])
          assert.strictEqual(yield* log.acknowledge(owner, "runtime", 1), "stale")
          const partitions = yield* Partitions
          assert.isFalse(yield* partitions.renew(0, "replica", owner.epoch))
          const next = yield* ownerOf(0)
          assert.isAbove(next.epoch, owner.epoch)
          assert.strictEqual(yield* log.acknowledge(next, "runtime", 1), "absent")
          assert.strictEqual(yield* log.acknowledge(next, "runtime", 2), "written")
          assert.deepInclude(yield* assertConserved, { delivered: 1, deadLettered: 1, pending: 0 })
        }).pipe(Effect.provide(layer()))
    )

    it.effect("the store erases dead letters, quarantined items and replies one by one, and nothing else", () =>
      Effect.gen(function* () {
        const log = yield* EventLog
        const records = yield* EventRecords
        const replies = yield* Replies
        yield* log.admit(into(0, batch(event(1), event(2), event(3), event(4), quarantined(5), quarantined(6))))
        const owner = yield* ownerOf(0)
        for (const position of [1, 2]) yield* log.deadLetter(owner, position, "refused 410")
        for (const n of [3, 4]) {
          const answer = { eventId: EventId.make(event(n).key), record: `0:reply ${n}` }
          yield* replies.acknowledge(owner, n, answer)
        }
        const before = yield* assertConserved
        const kept = {
          dead: [event(1).record, event(2).record],
          quarantine: [quarantined(5).record, quarantined(6).record],
          replies: ["0:reply 3", "0:reply 4"]
        } as const
        for (const collection of ["dead", "quarantine", "replies"] as const) {
          const found = yield* stored(collection, 1)
          const [first, second] = kept[collection]
          assert.deepStrictEqual(recordsOf(found), [first, second])
          const places = of(found, first)
          assert.deepStrictEqual(yield* records.erase(0, collection, places), { erased: 1, pending: 0 })
          assert.deepStrictEqual(yield* records.erase(0, collection, places), { erased: 0, pending: 0 })
          assert.deepStrictEqual(recordsOf(yield* stored(collection, 1)), [second])
        }
        assert.strictEqual(yield* replies.waiting, 1)
        assert.deepStrictEqual(yield* assertConserved, before)
        assert.deepStrictEqual(yield* records.redrive([event(1).key]), [])
      }).pipe(Effect.provide(layer()))
    )
  })
}
