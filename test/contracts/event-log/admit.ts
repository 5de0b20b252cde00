import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { EventLog, type PendingEntry } from "../../../src/inbound/event-log/event-log.ts"
import type { StoreUnderTest } from "../store.ts"
import { assertConserved, batch, event, idOf, positions, quarantined } from "./subject.ts"
import { into } from "../../support/into.ts"

export const admitContract = <R>(name: string, { layer, passGenerations }: StoreUnderTest<R>) => {
  describe(`admission to the event log in ${name}`, () => {
    it.effect("the event log admits an entry once, and returns entries in the order of admission", () =>
      Effect.gen(function* () {
        const log = yield* EventLog
        assert.deepStrictEqual(yield* log.admit(into(0, batch(event(3), event(1)))), ["admitted", "admitted"])
        assert.deepStrictEqual(yield* log.admit(into(0, batch(event(2), event(1)))), ["admitted", "deduped"])
        const pending = yield* log.pending(0, "runtime", 0, 10)
        assert.deepStrictEqual(
          pending.map((entry) => entry.key),
          [3, 1, 2].map((n) => idOf("evt", n))
        )
        assert.deepStrictEqual(
          pending.map((entry) => [entry.record, entry.refusals]),
          [3, 1, 2].map((n) => [event(n).record, 0])
        )
        const order = pending.map((entry) => entry.position)
        assert.deepStrictEqual(
          order,
          order.toSorted((a, b) => a - b)
        )
        assert.strictEqual(new Set(order).size, 3)
      }).pipe(Effect.provide(layer()))
    )

    it.effect("the event log recognises a duplicate within one batch", () =>
      Effect.gen(function* () {
        const log = yield* EventLog
        const answer = yield* log.admit(into(0, batch(event(1), event(1), quarantined(1), quarantined(1))))
        assert.deepStrictEqual(answer, ["admitted", "deduped", "quarantined", "deduped"])
        assert.strictEqual((yield* log.pending(0, "runtime", 0, 10)).length, 1)
      }).pipe(Effect.provide(layer()))
    )

    it.effect("the event log admits batches above every internal limit, and returns them in pages", () =>
      Effect.gen(function* () {
        const log = yield* EventLog
        const many = Array.from({ length: 1_200 }, (_, n) => event(n, ["runtime", "ledger"]))
        assert.strictEqual(new Set(yield* log.admit(into(0, batch(...many)))).size, 1)
        const first = yield* log.pending(0, "ledger", 0, 700)
        const second = yield* log.pending(0, "ledger", first.at(-1)?.position ?? 0, 700)
        assert.deepStrictEqual(
          [...first, ...second].map((entry) => entry.key),
          many.map((entry) => entry.key)
        )
        assert.deepStrictEqual([...new Set(yield* log.admit(into(0, batch(...many))))], ["deduped"])
        yield* assertConserved
      }).pipe(Effect.provide(layer()))
    )

    it.effect("I2 the event log admits the largest possible webhook, and deduplicates it when it is repeated", () =>
      Effect.gen(function* () {
        const log = yield* EventLog
        const most = Array.from({ length: 20_000 }, (_, n) => (n % 2 === 0 ? event(n, []) : quarantined(n, "0:{}")))
        assert.deepStrictEqual([...new Set(yield* log.admit(into(0, batch(...most))))], ["admitted", "quarantined"])
        assert.deepStrictEqual([...new Set(yield* log.admit(into(0, batch(...most))))], ["deduped"])
        assert.deepInclude(yield* log.counts, { received: 40_000, admitted: 10_000, quarantined: 10_000 })
      }).pipe(Effect.provide(layer()))
    )

    it.effect("G28 a batch with a repeated nonce gets its first result and counts once", () =>
      Effect.gen(function* () {
        const log = yield* EventLog
        const sent = batch(event(1), quarantined(2))
        const first = yield* log.admit(into(0, sent))
        assert.deepStrictEqual(yield* log.admit(into(0, sent)), first)
        assert.deepStrictEqual(first, ["admitted", "quarantined"])
        const counts = yield* assertConserved
        assert.deepStrictEqual([counts.received, counts.deduped], [2, 0])
      }).pipe(Effect.provide(layer()))
    )

    it.effect("the event log admits entries of several partitions at once, and returns results part by part", () =>
      Effect.gen(function* () {
        const log = yield* EventLog
        yield* log.admit(into(1, batch(event(4))))
        const sent = {
          nonce: batch().nonce,
          parts: [
            { partition: 1, entries: [event(1), quarantined(1), event(4)] },
            { partition: 0, entries: [event(2), event(3), event(2)] }
          ]
        }
        const answer = ["admitted", "quarantined", "deduped", "admitted", "admitted", "deduped"] as const
        assert.deepStrictEqual(yield* log.admit(sent), answer)
        assert.deepStrictEqual(yield* log.admit(sent), answer)
        const keys = (entries: ReadonlyArray<PendingEntry>) => entries.map(({ key, record }) => [key, record])
        const written = (...numbers: ReadonlyArray<number>) => numbers.map((n) => [event(n).key, event(n).record])
        assert.deepStrictEqual(keys(yield* log.pending(1, "runtime", 0, 10)), written(4, 1))
        assert.deepStrictEqual(keys(yield* log.pending(0, "runtime", 0, 10)), written(2, 3))
        assert.deepStrictEqual(yield* log.admit(into(0, batch(event(3), event(1)))), ["deduped", "admitted"])
        const counts = yield* assertConserved
        assert.deepInclude(counts, { received: 9, admitted: 5, deduped: 3, quarantined: 1 })
      }).pipe(Effect.provide(layer()))
    )

    it.effect("the event log admits nothing for an empty batch", () =>
      Effect.gen(function* () {
        const log = yield* EventLog
        assert.deepStrictEqual(yield* log.admit({ nonce: batch().nonce, parts: [] }), [])
        assert.deepStrictEqual(yield* log.admit(into(0, batch())), [])
        assert.strictEqual((yield* assertConserved).received, 0)
      }).pipe(Effect.provide(layer()))
    )

    it.effect("the event log deduplicates a batch whose response was lost, and admits only its new entries", () =>
      Effect.gen(function* () {
        const log = yield* EventLog
        yield* log.admit(into(0, batch(event(1), event(2))))
        const again = yield* log.admit(into(0, batch(event(1), event(2), event(3))))
        assert.deepStrictEqual(again, ["deduped", "deduped", "admitted"])
        assert.deepStrictEqual((yield* positions(0, "runtime")).length, 3)
        yield* assertConserved
      }).pipe(Effect.provide(layer()))
    )

    it.effect("G10 the event log recognises a duplicate across the edge of a generation, and its mark lives on", () =>
      Effect.gen(function* () {
        const log = yield* EventLog
        assert.deepStrictEqual(yield* log.admit(into(0, batch(event(1)))), ["admitted"])
        for (let generation = 0; generation < 4; generation++) {
          yield* passGenerations(1)
          assert.deepStrictEqual(yield* log.admit(into(0, batch(event(1)))), ["deduped"])
        }
        yield* passGenerations(2)
        assert.deepStrictEqual(yield* log.admit(into(0, batch(event(1)))), ["admitted"])
        yield* assertConserved
      }).pipe(Effect.provide(layer()))
    )

    it.effect("G28 the event log keeps quarantined items above its cap without content, counted and deduplicated", () =>
      Effect.gen(function* () {
        const log = yield* EventLog
        const large = "x".repeat(600)
        const answers = yield* log.admit(
          into(0, batch(quarantined(1, large), quarantined(2, large), quarantined(3, "y")))
        )
        assert.deepStrictEqual(answers, ["quarantined", "quarantined", "quarantined"])
        assert.deepStrictEqual(yield* log.admit(into(0, batch(quarantined(2, large)))), ["deduped"])
        assert.strictEqual((yield* assertConserved).quarantined, 3)
      }).pipe(Effect.provide(layer({ quarantineBytes: 2_000 })))
    )

    it.effect("the event log keeps partitions apart", () =>
      Effect.gen(function* () {
        const log = yield* EventLog
        assert.deepStrictEqual(yield* log.admit(into(0, batch(event(1)))), ["admitted"])
        assert.deepStrictEqual(yield* log.admit(into(1, batch(event(1)))), ["admitted"])
        assert.strictEqual((yield* assertConserved).pending, 2)
      }).pipe(Effect.provide(layer()))
    )

    it.effect("G35 the event log reports each entry as admitted once under concurrent admissions", () =>
      Effect.gen(function* () {
        const log = yield* EventLog
        const entries = Array.from({ length: 20 }, (_, n) => event(n))
        const answers = yield* Effect.forEach(
          Array.from({ length: 25 }, () => batch(...entries)),
          (sent) => log.admit(into(0, sent)),
          { concurrency: "unbounded" }
        )
        assert.strictEqual(answers.flat().filter((answer) => answer === "admitted").length, entries.length)
        const counts = yield* assertConserved
        assert.deepStrictEqual([counts.received, counts.admitted], [500, 20])
      }).pipe(Effect.provide(layer()))
    )
  })
}
