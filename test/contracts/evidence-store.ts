import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import { EvidenceStore, mostEvidence, writtenWithin } from "../../src/gate/evidence/evidence-store.ts"

const idOf = (n: number) => n.toString(16).padStart(64, "0")

const now = Effect.flatMap(EvidenceStore, ({ read }) => Effect.map(read, (found) => found.now))

/** Defines the tests that every store of evidence must pass. `layer` returns a fresh, empty one at each call. */
export const evidenceStoreContract = (name: string, layer: () => Layer.Layer<EvidenceStore, unknown>) => {
  describe(`store of evidence in ${name}`, () => {
    it.effect("G41 a record is read as it was written, one for each id", () =>
      Effect.gen(function* () {
        const store = yield* EvidenceStore
        assert.deepStrictEqual((yield* store.read).records, [])
        const at = yield* now
        const one = { id: idOf(1), record: '{"row":"1.1.1","said":"ç"}', at, sticky: false }
        const other = { id: idOf(2), record: "{}", at, sticky: true }
        assert.strictEqual(yield* store.write(one), "written")
        assert.strictEqual(yield* store.write(other), "written")
        const { records } = yield* store.read
        assert.sameDeepMembers(
          [...records],
          [one, other].map(({ id, record }) => ({ id, record }))
        )
      }).pipe(Effect.provide(layer()))
    )

    it.effect("G41 a record that another process has changed meanwhile is not overwritten", () =>
      Effect.gen(function* () {
        const store = yield* EvidenceStore
        const fact = { id: idOf(1), at: yield* now, sticky: false }
        assert.strictEqual(yield* store.write({ ...fact, record: "a", replaces: "b" }), "changed")
        assert.strictEqual(yield* store.write({ ...fact, record: "a" }), "written")
        assert.strictEqual(yield* store.write({ ...fact, record: "c" }), "changed")
        assert.strictEqual(yield* store.write({ ...fact, record: "c", replaces: "b" }), "changed")
        assert.deepStrictEqual((yield* store.read).records, [{ id: fact.id, record: "a" }])
        assert.strictEqual(yield* store.write({ ...fact, record: "c", replaces: "a" }), "written")
        assert.deepStrictEqual((yield* store.read).records, [{ id: fact.id, record: "c" }])
      }).pipe(Effect.provide(layer()))
    )

    it.effect("G41 a write whose answer was lost may be repeated, even late", () =>
      Effect.gen(function* () {
        const store = yield* EvidenceStore
        const fact = { id: idOf(1), record: "a", at: yield* now, sticky: false }
        assert.strictEqual(yield* store.write(fact), "written")
        assert.strictEqual(yield* store.write({ ...fact, at: fact.at - writtenWithin - 60_000 }), "written")
      }).pipe(Effect.provide(layer()))
    )

    it.effect("G41 a record whose time is not the store's is refused, in the past and in the future", () =>
      Effect.gen(function* () {
        const store = yield* EvidenceStore
        const at = yield* now
        const fact = { id: idOf(1), record: "a", sticky: false }
        assert.strictEqual(yield* store.write({ ...fact, at: at - writtenWithin - 60_000 }), "late")
        assert.strictEqual(yield* store.write({ ...fact, at: at + writtenWithin + 60_000 }), "late")
        assert.deepStrictEqual((yield* store.read).records, [])
      }).pipe(Effect.provide(layer()))
    )

    it.effect("G41 a store that is full of evidence drops the oldest record, and a violation last", () =>
      Effect.gen(function* () {
        const store = yield* EvidenceStore
        const violation = { id: idOf(0), record: "violation", at: yield* now, sticky: true }
        assert.strictEqual(yield* store.write(violation), "written")
        let start = yield* now
        for (let n = 1; n <= mostEvidence + 3; n++) {
          // The first one is the oldest. Each is within the time in which a record may be written.
          if (n % 200 === 0) start = yield* now
          const at = start - (n < 200 ? writtenWithin / 2 - n : 0)
          assert.strictEqual(yield* store.write({ id: idOf(n), record: `${n}`, at, sticky: false }), "written")
        }
        const { records } = yield* store.read
        assert.lengthOf(records, mostEvidence)
        const ids = new Set(records.map(({ id }) => id))
        assert.isTrue(ids.has(violation.id))
        assert.isTrue(ids.has(idOf(mostEvidence + 3)))
        assert.isFalse(ids.has(idOf(1)))
      }).pipe(Effect.provide(layer()))
    )
  })
}
