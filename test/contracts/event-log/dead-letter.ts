import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { EventLog } from "../../../src/inbound/event-log/event-log.ts"
import type { StoreUnderTest } from "../store.ts"
import { assertConserved, batch, event, ownerOf, positions } from "./subject.ts"
import { into } from "../../support/into.ts"

export const deadLetterContract = <R>(name: string, { layer }: StoreUnderTest<R>) => {
  describe(`dead letters in the event log in ${name}`, () => {
    it.effect("a dead letter leaves the runtime's queue once, and stays pending for the ledger", () =>
      Effect.gen(function* () {
        const log = yield* EventLog
        yield* log.admit(into(0, batch(event(1, ["runtime", "ledger"]), event(2))))
        const owner = yield* ownerOf(0)
        const [first = 0, second = 0] = yield* positions(0, "runtime")
        assert.strictEqual(yield* log.deadLetter(owner, first, "refused 410"), "written")
        assert.strictEqual(yield* log.deadLetter(owner, first, "refused 410"), "absent")
        assert.strictEqual(yield* log.acknowledge(owner, "runtime", first), "absent")
        assert.deepStrictEqual(yield* positions(0, "runtime"), [second])
        assert.deepStrictEqual(yield* positions(0, "ledger"), [first])
        assert.deepStrictEqual(yield* log.admit(into(0, batch(event(1)))), ["deduped"])
        const counts = yield* assertConserved
        assert.deepStrictEqual([counts.deadLettered, counts.delivered, counts.pending], [1, 0, 1])
      }).pipe(Effect.provide(layer()))
    )
  })
}
