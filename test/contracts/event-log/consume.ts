import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { EventLog } from "../../../src/inbound/event-log/event-log.ts"
import type { StoreUnderTest } from "../store.ts"
import { assertConserved, batch, event, ownerOf, positions } from "./subject.ts"
import { into } from "../../support/into.ts"

export const consumeContract = <R>(name: string, { layer }: StoreUnderTest<R>) => {
  describe(`consumers of the event log in ${name}`, () => {
    it.effect(
      "the event log gives an entry only to the consumers that it names, and each acknowledges for itself",
      () =>
        Effect.gen(function* () {
          const log = yield* EventLog
          yield* log.admit(into(0, batch(event(1, ["runtime"]), event(2, ["runtime", "ledger"]))))
          const owner = yield* ownerOf(0)
          const [first = 0, second = 0] = yield* positions(0, "runtime")
          assert.deepStrictEqual(yield* positions(0, "ledger"), [second])
          assert.strictEqual(yield* log.acknowledge(owner, "ledger", second), "written")
          assert.deepStrictEqual(yield* positions(0, "runtime"), [first, second])
          assert.strictEqual(yield* log.acknowledge(owner, "runtime", second), "written")
          assert.strictEqual(yield* log.acknowledge(owner, "runtime", second), "absent")
          assert.strictEqual(yield* log.acknowledge(owner, "ledger", first), "absent")
          assert.strictEqual((yield* assertConserved).delivered, 1)
        }).pipe(Effect.provide(layer()))
    )

    it.effect("G35 the event log counts concurrent acknowledgements of one entry once", () =>
      Effect.gen(function* () {
        const log = yield* EventLog
        yield* log.admit(into(0, batch(event(1), event(2), event(3))))
        const owner = yield* ownerOf(0)
        const [first = 0, second = 0, third = 0] = yield* positions(0, "runtime")
        const written = yield* Effect.forEach(
          [first, second, first, second + 1_000],
          (position) => log.acknowledge(owner, "runtime", position),
          { concurrency: "unbounded" }
        )
        assert.deepStrictEqual(written, ["written", "written", "absent", "absent"])
        assert.deepStrictEqual(yield* positions(0, "runtime"), [third])
        assert.strictEqual((yield* assertConserved).delivered, 2)
      }).pipe(Effect.provide(layer()))
    )

    it.effect("G30 the event log acknowledges for several owners at once, and for none that lost its partition", () =>
      Effect.gen(function* () {
        const log = yield* EventLog
        yield* log.admit(into(0, batch(event(1), event(2))))
        yield* log.admit(into(1, batch(event(3), event(4))))
        const stale = yield* ownerOf(0)
        const [here, there] = [yield* ownerOf(0), yield* ownerOf(1)]
        const [first = 0, second = 0] = yield* positions(0, "runtime")
        const [third = 0, fourth = 0] = yield* positions(1, "runtime")
        const written = yield* Effect.forEach(
          [
            [there, third],
            [stale, first],
            [here, second],
            [stale, second],
            [there, fourth + 1_000]
          ] as const,
          ([owner, position]) => log.acknowledge(owner, "runtime", position),
          { concurrency: "unbounded" }
        )
        assert.deepStrictEqual(written, ["written", "stale", "written", "stale", "absent"])
        assert.deepStrictEqual(yield* positions(0, "runtime"), [first])
        assert.deepStrictEqual(yield* positions(1, "runtime"), [fourth])
        assert.strictEqual((yield* assertConserved).delivered, 2)
      }).pipe(Effect.provide(layer()))
    )

    it.effect("G33 the event log counts refusals of one event, and deletes the count with the event", () =>
      Effect.gen(function* () {
        const log = yield* EventLog
        yield* log.admit(into(0, batch(event(1), event(2))))
        const owner = yield* ownerOf(0)
        const [first = 0, second = 0] = yield* positions(0, "runtime")
        assert.strictEqual(yield* log.refuse(owner, first, 1), 1)
        assert.strictEqual(yield* log.refuse(owner, first, 1), 1)
        assert.strictEqual(yield* log.refuse(owner, first, 2), 2)
        assert.strictEqual(yield* log.refuse(owner, first, 1), 2)
        const refusals = (yield* log.pending(0, "runtime", 0, 10)).map((entry) => entry.refusals)
        assert.deepStrictEqual(refusals, [2, 0])
        yield* log.acknowledge(owner, "runtime", first)
        assert.strictEqual(yield* log.refuse(owner, first, 3), "absent")
        assert.strictEqual(yield* log.refuse(owner, second, 1), 1)
      }).pipe(Effect.provide(layer()))
    )

    it.effect("G30 an owner that lost its partition can write nothing to the event log", () =>
      Effect.gen(function* () {
        const log = yield* EventLog
        yield* log.admit(into(0, batch(event(1))))
        const stale = yield* ownerOf(0)
        const owner = yield* ownerOf(0)
        const [position = 0] = yield* positions(0, "runtime")
        assert.strictEqual(yield* log.acknowledge(stale, "runtime", position), "stale")
        assert.strictEqual(yield* log.refuse(stale, position, 1), "stale")
        assert.strictEqual(yield* log.deadLetter(stale, position, "refused 410"), "stale")
        const [entry] = yield* log.pending(0, "runtime", 0, 10)
        assert.deepStrictEqual([entry?.position, entry?.refusals], [position, 0])
        assert.strictEqual(yield* log.acknowledge({ partition: 1, epoch: 1 }, "runtime", position), "stale")
        assert.strictEqual(yield* log.acknowledge(owner, "runtime", position), "written")
      }).pipe(Effect.provide(layer()))
    )
  })
}
