import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { EventLog, type NewEntry, wholeRecord } from "../../../src/inbound/event-log/event-log.ts"
import {
  EventRecords,
  type EventPage,
  parsePlace,
  type Range,
  parseCollectionCursor
} from "../../../src/inbound/event-log/event-admin.ts"
import type { StoreUnderTest } from "../store.ts"
import { batch, event, idOf, ownerOf, positions, quarantined } from "./subject.ts"
import { into } from "../../support/into.ts"

const sealed = (n: number): NewEntry => ({
  ...event(n),
  record: `["head ${n}"]`,
  sealed: `0:"sealed ${"–".repeat(50)} ${n}"`
})
const put = (n: number): NewEntry => ({ ...quarantined(n, `{"head":${n}}`), sealed: `0:"sealed ${n}"` })

/** Reads all pages, three entries each, and returns their entries. */
const pages = <A, E, R>(
  ask: (range: Range) => Effect.Effect<EventPage<A>, E, R>,
  range: Omit<Range, "limit">
): Effect.Effect<ReadonlyArray<A>, E, R> =>
  Effect.flatMap(ask({ limit: 3, ...range }), ({ entries, next }) => {
    assert.isAtMost(entries.length, 3)
    if (next === undefined) return Effect.succeed(entries)
    assert.lengthOf(entries, 3)
    return Effect.map(pages(ask, { ...range, cursor: next }), (more) => [...entries, ...more])
  })

const numbers = (n: number) => Array.from({ length: n }, (_, at) => at + 1)

export const lookContract = <R>(name: string, { layer }: StoreUnderTest<R>) => {
  describe(`reading the event log in ${name}`, () => {
    it.effect(
      "the event log lists each event of all partitions once, page by page, in both orders, without content",
      () =>
        Effect.gen(function* () {
          const log = yield* EventLog
          const records = yield* EventRecords
          for (const n of numbers(10)) yield* log.admit(into(n % 2, batch(sealed(n), sealed(100 + n))))
          const oldest = yield* pages(records.events, { order: "oldest" })
          const newest = yield* pages(records.events, { order: "newest" })
          assert.deepStrictEqual(newest, oldest.toReversed())
          assert.strictEqual(new Set(oldest.map(({ key }) => key)).size, 20)
          assert.notInclude(JSON.stringify(oldest), "sealed")
          assert.include(JSON.stringify(oldest), "head 110")
          assert.deepStrictEqual(
            oldest.map(({ at }) => at),
            oldest.map(({ at }) => at).toSorted((a, b) => a - b)
          )
          for (const { place = "", at } of oldest) assert.strictEqual(parsePlace(place)?.at, at)
        }).pipe(Effect.provide(layer()))
    )

    it.effect("the event log lists only entries between the given times", () =>
      Effect.gen(function* () {
        const log = yield* EventLog
        const records = yield* EventRecords
        yield* log.admit(into(0, batch(sealed(1), put(2))))
        const [{ at } = { at: 0 }] = (yield* records.events({ limit: 9, order: "oldest" })).entries
        const [item] = (yield* records.quarantine({ limit: 9, order: "oldest" })).entries
        const order = "newest"
        assert.lengthOf((yield* records.events({ limit: 9, order, from: at, to: at })).entries, 1)
        assert.lengthOf((yield* records.events({ limit: 9, order, from: at + 1 })).entries, 0)
        assert.lengthOf((yield* records.events({ limit: 9, order, to: at - 1 })).entries, 0)
        const then = item?.at ?? 0
        assert.lengthOf((yield* records.quarantine({ limit: 9, order, from: then, to: then })).entries, 1)
        assert.lengthOf((yield* records.quarantine({ limit: 9, order, from: then + 1 })).entries, 0)
        assert.lengthOf((yield* records.quarantine({ limit: 9, order, to: then - 1 })).entries, 0)
      }).pipe(Effect.provide(layer()))
    )

    it.effect("the event log remembers an event that it no longer holds, and no event that it never got", () =>
      Effect.gen(function* () {
        const log = yield* EventLog
        const records = yield* EventRecords
        yield* log.admit(into(0, batch(event(1))))
        yield* log.admit(into(1, batch(event(2))))
        yield* records.erase(
          0,
          "log",
          yield* Effect.map(records.stored(0, "log", 9), ({ entries }) => entries.map(({ place }) => place))
        )
        const found = (n: number) => records.event(idOf("evt", n))
        const remembered = (n: number) => records.remembered(idOf("evt", n))
        assert.isUndefined(yield* found(1))
        assert.isDefined(yield* found(2))
        assert.isUndefined(yield* found(3))
        assert.deepStrictEqual([yield* remembered(1), yield* remembered(2), yield* remembered(3)], [true, true, false])
      }).pipe(Effect.provide(layer()))
    )

    it.effect("the event log finds one event among many by its id, with its content and state", () =>
      Effect.gen(function* () {
        const log = yield* EventLog
        const records = yield* EventRecords
        for (let from = 0; from < 600; from += 100) {
          yield* log.admit(into(1, batch(...Array.from({ length: 100 }, (_, n) => sealed(from + n)))))
        }
        const found = yield* records.event(sealed(123).key)
        assert.deepStrictEqual([found?.record, found?.state, found?.replays], [wholeRecord(sealed(123)), "pending", 0])
        assert.strictEqual(parsePlace(found?.place ?? "")?.partition, 1)
        const owner = yield* ownerOf(1)
        const waiting = yield* positions(1, "runtime")
        yield* log.acknowledge(owner, "runtime", waiting[123] ?? 0)
        yield* log.deadLetter(owner, waiting[124] ?? 0, "refused 410")
        assert.strictEqual((yield* records.event(sealed(123).key))?.state, "delivered")
        assert.strictEqual((yield* records.event(sealed(124).key))?.state, "dead_lettered")
        assert.isUndefined(yield* records.event(sealed(9_999).key))
        assert.isUndefined(yield* records.event("no id of ours"))
        yield* records.redrive([sealed(124).key])
        const again = yield* records.event(sealed(124).key)
        assert.deepStrictEqual([again?.state, again?.record], ["pending", wholeRecord(sealed(124))])
      }).pipe(Effect.provide(layer()))
    )

    it.effect("a dead letter outlives its event in the log", () =>
      Effect.gen(function* () {
        const log = yield* EventLog
        const records = yield* EventRecords
        yield* log.admit(into(0, batch(sealed(1))))
        const owner = yield* ownerOf(0)
        yield* log.deadLetter(owner, (yield* positions(0, "runtime"))[0] ?? 0, "refused 410")
        yield* log.sweep(owner)
        const found = yield* records.event(sealed(1).key)
        assert.deepStrictEqual(
          [found?.state, found?.record, found?.place],
          ["dead_lettered", wholeRecord(sealed(1)), undefined]
        )
        assert.strictEqual((yield* records.deadLetter(sealed(1).key))?.record, wholeRecord(sealed(1)))
        assert.deepStrictEqual(yield* records.redrive([sealed(1).key]), [sealed(1).key])
        assert.strictEqual((yield* log.pending(0, "runtime", 0, 1))[0]?.record, wholeRecord(sealed(1)))
      }).pipe(Effect.provide(layer({ delivered: -1_000 })))
    )

    it.effect("the event log lists dead letters with reason and refusals, and shows one with its content", () =>
      Effect.gen(function* () {
        const log = yield* EventLog
        const records = yield* EventRecords
        for (const n of numbers(7)) {
          yield* log.admit(into(n % 2, batch(sealed(n))))
          const owner = yield* ownerOf(n % 2)
          const position = (yield* positions(n % 2, "runtime"))[0] ?? 0
          yield* log.refuse(owner, position, n)
          yield* log.deadLetter(owner, position, "runtime_refused_410")
        }
        const listed = yield* pages(records.deadLetters, { order: "newest" })
        assert.deepStrictEqual(listed.toReversed(), yield* pages(records.deadLetters, { order: "oldest" }))
        assert.deepStrictEqual(
          listed.map(({ refusals }) => refusals).toSorted((a, b) => a - b),
          numbers(7)
        )
        assert.notInclude(JSON.stringify(listed), "sealed")
        assert.include(listed[0], { reason: "runtime_refused_410" })
        const one = yield* records.deadLetter(sealed(3).key)
        assert.deepStrictEqual(
          [one?.record, one?.reason, one?.refusals],
          [wholeRecord(sealed(3)), "runtime_refused_410", 3]
        )
        assert.isUndefined(yield* records.deadLetter(sealed(9).key))
      }).pipe(Effect.provide(layer()))
    )

    it.effect("the event log lists quarantined items, and shows one with its content", () =>
      Effect.gen(function* () {
        const log = yield* EventLog
        const records = yield* EventRecords
        for (const n of numbers(7)) yield* log.admit(into(n % 2, batch(put(n))))
        const listed = yield* pages(records.quarantine, { order: "newest" })
        assert.deepStrictEqual(listed.toReversed(), yield* pages(records.quarantine, { order: "oldest" }))
        assert.strictEqual(new Set(listed.map(({ id }) => id)).size, 7)
        assert.notInclude(JSON.stringify(listed), "sealed")
        assert.strictEqual((yield* records.quarantined(put(3).key))?.record, wholeRecord(put(3)))
        assert.isUndefined(yield* records.quarantined(put(9).key))
        for (const { id, at } of listed) assert.deepStrictEqual(parseCollectionCursor(`${at}-${id}`), { at, id })
      }).pipe(Effect.provide(layer()))
    )
  })
}
