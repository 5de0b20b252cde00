import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { EventLog } from "../../src/inbound/event-log/event-log.ts"
import { Aliases } from "../../src/partition/aliases.ts"
import { partitionOf } from "../../src/partition/partitions.ts"
import { conversationOf, eventIdOf } from "../inbound/harness.ts"
import type { StoreUnderTest } from "./store.ts"

const none = { admitted: false }
const lookup = (n: number, event = 1) => ({ conversation: conversationOf(n), key: eventIdOf(event) })
const alias = (of: number, to: number) => ({ alias: conversationOf(of), conversation: conversationOf(to) })

/** Defines the tests that every implementation of {@link Aliases} must pass. */
export const aliasesContract = <R>(name: string, { layer }: StoreUnderTest<R>) => {
  describe(`aliases in ${name}`, () => {
    it.effect("the store finds each alias that it learned, and the latest conversation of an alias counts", () =>
      Effect.gen(function* () {
        const aliases = yield* Aliases
        assert.deepStrictEqual(yield* aliases.find([lookup(11), lookup(12)]), [none, none])
        yield* aliases.learn([alias(11, 1), alias(12, 2)])
        assert.deepStrictEqual(yield* aliases.find([lookup(12), lookup(11), lookup(13), lookup(1)]), [
          { admitted: false, conversation: conversationOf(2) },
          { admitted: false, conversation: conversationOf(1) },
          none,
          none
        ])
        yield* aliases.learn([alias(11, 3)])
        assert.deepStrictEqual(yield* aliases.find([lookup(11)]), [
          { admitted: false, conversation: conversationOf(3) }
        ])
        assert.deepStrictEqual(yield* aliases.find([]), [])
        yield* aliases.learn([])
      }).pipe(Effect.provide(layer()))
    )

    it.effect("G12 the aliases leave an event in the conversation where it was admitted before", () =>
      Effect.gen(function* () {
        const aliases = yield* Aliases
        const log = yield* EventLog
        const conversation = conversationOf(11)
        const entry = { key: eventIdOf(7), sort: "event", consumers: ["runtime"], record: "a" } as const
        yield* log.admit({ nonce: "n", parts: [{ partition: partitionOf(conversation, 2), entries: [entry] }] })
        yield* aliases.learn([alias(11, 2)])
        assert.deepStrictEqual(yield* aliases.find([lookup(11, 7), lookup(11, 8)]), [
          { admitted: true },
          { admitted: false, conversation: conversationOf(2) }
        ])
      }).pipe(Effect.provide(layer()))
    )

    it.effect("the aliases relate ids in both directions, and forget them in both directions", () =>
      Effect.gen(function* () {
        const aliases = yield* Aliases
        yield* aliases.learn([alias(11, 1), alias(12, 1), alias(13, 2)])
        const relatedTo = (...of: ReadonlyArray<number>) =>
          Effect.map(aliases.related(of.map(conversationOf)), (found) => [...found].sort())
        const all = [1, 11, 12].map(conversationOf).sort()
        assert.deepStrictEqual(yield* relatedTo(1), all)
        assert.deepStrictEqual(yield* relatedTo(11), all)
        assert.deepStrictEqual(yield* relatedTo(14), [conversationOf(14)])
        assert.strictEqual(yield* aliases.forget(yield* relatedTo(12)), 2)
        assert.strictEqual(yield* aliases.forget([conversationOf(1)]), 0)
        assert.deepStrictEqual(yield* relatedTo(1), [conversationOf(1)])
        assert.deepStrictEqual(yield* aliases.find([lookup(11), lookup(13)]), [
          none,
          { admitted: false, conversation: conversationOf(2) }
        ])
      }).pipe(Effect.provide(layer()))
    )

    it.effect("the store finds 300 aliases in one call", () =>
      Effect.gen(function* () {
        const aliases = yield* Aliases
        const many = Array.from({ length: 300 }, (_, n) => alias(1000 + n, n))
        yield* aliases.learn(many)
        const found = yield* aliases.find(many.map((_, n) => lookup(1000 + n)))
        assert.deepStrictEqual(
          found.map(({ conversation }) => conversation),
          many.map(({ conversation }) => conversation)
        )
      }).pipe(Effect.provide(layer()))
    )
  })
}
