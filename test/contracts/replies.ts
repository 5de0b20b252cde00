import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { EventId } from "../../src/domain/ids.ts"
import { EventLog } from "../../src/inbound/event-log/event-log.ts"
import { Replies } from "../../src/inbound/replies/replies.ts"
import { assertConserved, batch, event, idOf, ownerOf, positions } from "./event-log/subject.ts"
import type { StoreUnderTest } from "./store.ts"
import { into } from "../support/into.ts"

const answer = (n: number, record = `0:{"reply":${n},"é":"\\u0000"}`) => ({
  eventId: EventId.make(idOf("evt", n)),
  record
})

/** Defines the tests that every store of replies must pass. */
export const repliesContract = <R>(name: string, { layer }: StoreUnderTest<R>) => {
  describe(`replies in ${name}`, () => {
    it.effect("G32 the store keeps a reply and acknowledges its event in one write", () =>
      Effect.gen(function* () {
        const log = yield* EventLog
        const replies = yield* Replies
        yield* log.admit(into(0, batch(event(1, ["runtime", "ledger"]), event(2))))
        const owner = yield* ownerOf(0)
        const [first = 0, second = 0] = yield* positions(0, "runtime")
        assert.strictEqual(yield* replies.acknowledge(owner, first, answer(1)), "written")
        assert.deepStrictEqual(yield* positions(0, "runtime"), [second])
        assert.deepStrictEqual(yield* positions(0, "ledger"), [first])
        assert.deepInclude(yield* assertConserved, { delivered: 1, pending: 1 })
        assert.deepStrictEqual(
          (yield* replies.pending(0, 0, 10)).map(({ record }) => record),
          [answer(1).record]
        )
        assert.deepStrictEqual(yield* replies.pending(1, 0, 10), [])
        assert.strictEqual(yield* replies.waiting, 1)
      }).pipe(Effect.provide(layer()))
    )

    it.effect("G32 the store keeps the first reply to an event, also against a different reply to a redelivery", () =>
      Effect.gen(function* () {
        const log = yield* EventLog
        const replies = yield* Replies
        yield* log.admit(into(0, batch(event(1), event(2), event(3))))
        const owner = yield* ownerOf(0)
        const [first = 0, second = 0, third = 0] = yield* positions(0, "runtime")
        yield* replies.acknowledge(owner, first, answer(1))
        assert.strictEqual(yield* replies.acknowledge(owner, first, answer(1, "0:other")), "absent")
        assert.strictEqual(yield* replies.acknowledge(owner, second, answer(1, "0:other")), "answered")
        const [kept] = yield* replies.pending(0, 0, 10)
        yield* replies.done(owner, kept?.position ?? 0)
        assert.strictEqual(yield* replies.acknowledge(owner, third, answer(1, "0:another")), "answered")
        assert.deepStrictEqual(yield* replies.pending(0, 0, 10), [])
        assert.deepInclude(yield* assertConserved, { delivered: 3 })
      }).pipe(Effect.provide(layer()))
    )

    it.effect("the store returns replies in the order of arrival, after any position, until each is done", () =>
      Effect.gen(function* () {
        const log = yield* EventLog
        const replies = yield* Replies
        const many = [5, 3, 9, 1, 7]
        yield* log.admit(into(0, batch(...many.map((n) => event(n)))))
        const owner = yield* ownerOf(0)
        const at = yield* positions(0, "runtime")
        for (const [index, n] of many.entries()) yield* replies.acknowledge(owner, at[index] ?? 0, answer(n))
        const all = yield* replies.pending(0, 0, 10)
        assert.deepStrictEqual(
          all.map(({ record }) => record),
          many.map((n) => answer(n).record)
        )
        const positionOf = (index: number) => all[index]?.position ?? 0
        assert.deepStrictEqual(yield* replies.pending(0, positionOf(1), 2), all.slice(2, 4))
        assert.strictEqual(yield* replies.done(owner, positionOf(2)), "written")
        assert.strictEqual(yield* replies.done(owner, positionOf(2)), "absent")
        assert.deepStrictEqual(yield* replies.pending(0, positionOf(1), 2), all.slice(3, 5))
        assert.strictEqual(yield* replies.waiting, 4)
      }).pipe(Effect.provide(layer()))
    )

    it.effect("G30 an owner that lost its partition can neither add nor finish replies", () =>
      Effect.gen(function* () {
        const log = yield* EventLog
        const replies = yield* Replies
        yield* log.admit(into(0, batch(event(1), event(2))))
        const stale = yield* ownerOf(0)
        const [first = 0, second = 0] = yield* positions(0, "runtime")
        yield* replies.acknowledge(stale, first, answer(1))
        const [kept] = yield* replies.pending(0, 0, 10)
        const owner = yield* ownerOf(0)
        assert.strictEqual(yield* replies.acknowledge(stale, second, answer(2)), "stale")
        assert.strictEqual(yield* replies.done(stale, kept?.position ?? 0), "stale")
        assert.deepStrictEqual(yield* positions(0, "runtime"), [second])
        assert.lengthOf(yield* replies.pending(0, 0, 10), 1)
        assert.strictEqual(yield* replies.done(owner, kept?.position ?? 0), "written")
      }).pipe(Effect.provide(layer()))
    )

    it.effect("the store returns replies that an earlier owner left", () =>
      Effect.gen(function* () {
        const log = yield* EventLog
        const replies = yield* Replies
        yield* log.admit(into(0, batch(event(1), event(2))))
        const first = yield* ownerOf(0)
        const at = yield* positions(0, "runtime")
        yield* replies.acknowledge(first, at[0] ?? 0, answer(1))
        const second = yield* ownerOf(0)
        yield* replies.acknowledge(second, at[1] ?? 0, answer(2))
        assert.deepStrictEqual(
          (yield* replies.pending(0, 0, 10)).map(({ record }) => record),
          [answer(1).record, answer(2).record]
        )
      }).pipe(Effect.provide(layer()))
    )
  })
}
