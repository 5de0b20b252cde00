import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { leaseMillis, Partitions } from "../../src/partition/partitions.ts"
import type { StoreUnderTest } from "./store.ts"

export interface PartitionsUnderTest<R> extends StoreUnderTest<R> {
  /** Makes the last sign of life of every replica older by this many milliseconds. */
  readonly passPresence: (millis: number) => Effect.Effect<void, unknown, R>
}

/** Acquires a free partition for a replica and returns the epoch of the ownership. */
const taken = Effect.fnUntraced(function* (partition: number, replica: string) {
  const partitions = yield* Partitions
  const epoch = yield* partitions.acquire(partition, replica)
  return epoch ?? assert.fail("expected the partition to be free")
})

/** Defines the tests that every implementation of the partitions must pass. */
export const partitionsContract = <R>(name: string, { layer, passLease, passPresence }: PartitionsUnderTest<R>) => {
  describe(`partitions in ${name}`, () => {
    it.effect("a partition has one owner at a time, and each owner an epoch of its own", () =>
      Effect.gen(function* () {
        const partitions = yield* Partitions
        assert.strictEqual(partitions.count, 2)
        const first = yield* taken(0, "a")
        assert.isUndefined(yield* partitions.acquire(0, "b"))
        yield* taken(1, "b")
        yield* partitions.release(0, "a", first)
        assert.isAbove(yield* taken(0, "b"), first)
        assert.isFalse(yield* partitions.renew(0, "a", first))
      }).pipe(Effect.provide(layer()))
    )

    it.effect("exactly one of many replicas that acquire a partition at once gets it", () =>
      Effect.gen(function* () {
        const partitions = yield* Partitions
        const replicas = Array.from({ length: 16 }, (_, n) => `replica-${n}`)
        const epochs = yield* Effect.forEach(replicas, (replica) => partitions.acquire(0, replica), {
          concurrency: "unbounded"
        })
        assert.lengthOf(
          epochs.filter((epoch) => epoch !== undefined),
          1
        )
      }).pipe(Effect.provide(layer()))
    )

    it.effect("G30 a replica whose lease expired loses its partition to a higher epoch", () =>
      Effect.gen(function* () {
        const partitions = yield* Partitions
        const first = yield* taken(0, "a")
        yield* passLease(leaseMillis - 1_000)
        assert.isUndefined(yield* partitions.acquire(0, "b"))
        assert.isTrue(yield* partitions.renew(0, "a", first))
        yield* passLease(leaseMillis - 1_000)
        assert.isUndefined(yield* partitions.acquire(0, "b"))
        yield* passLease(1_001)
        const second = yield* taken(0, "b")
        assert.isAbove(second, first)
        assert.isFalse(yield* partitions.renew(0, "a", first))
        yield* partitions.release(0, "a", first)
        assert.isTrue(yield* partitions.renew(0, "b", second))
      }).pipe(Effect.provide(layer()))
    )

    it.effect("G30 a second acquisition by one replica raises the epoch and fences the first", () =>
      Effect.gen(function* () {
        const partitions = yield* Partitions
        const first = yield* taken(0, "a")
        const second = yield* taken(0, "a")
        assert.isAbove(second, first)
        assert.isFalse(yield* partitions.renew(0, "a", first))
        assert.isTrue(yield* partitions.renew(0, "a", second))
      }).pipe(Effect.provide(layer()))
    )

    it.effect("the store returns to each announced replica its rank in the order of arrival", () =>
      Effect.gen(function* () {
        const { announce } = yield* Partitions
        assert.deepStrictEqual(yield* announce("c"), { live: 1, older: 0 })
        yield* passPresence(10)
        assert.deepStrictEqual(yield* announce("b"), { live: 2, older: 1 })
        yield* passPresence(10)
        assert.deepStrictEqual(yield* announce("a"), { live: 3, older: 2 })
        assert.deepStrictEqual(yield* announce("b"), { live: 3, older: 1 })
        assert.deepStrictEqual(yield* announce("c"), { live: 3, older: 0 })
      }).pipe(Effect.provide(layer()))
    )

    it.effect("replicas that announce themselves at once have different ranks", () =>
      Effect.gen(function* () {
        const { announce } = yield* Partitions
        const replicas = Array.from({ length: 16 }, (_, n) => `replica-${n}`)
        yield* Effect.forEach(replicas, announce, { concurrency: "unbounded" })
        const ranks = yield* Effect.forEach(replicas, announce, { concurrency: "unbounded" })
        assert.isTrue(ranks.every(({ live }) => live === 16))
        const places = ranks.map(({ older }) => older).toSorted((left, right) => left - right)
        assert.deepStrictEqual(
          places,
          replicas.map((_, n) => n)
        )
      }).pipe(Effect.provide(layer()))
    )

    it.effect("a replica that stops announcing itself is removed, and ranks youngest when it returns", () =>
      Effect.gen(function* () {
        const { announce } = yield* Partitions
        yield* announce("a")
        yield* passPresence(leaseMillis - 1_000)
        assert.deepStrictEqual(yield* announce("b"), { live: 2, older: 1 })
        yield* passPresence(1_001)
        assert.deepStrictEqual(yield* announce("b"), { live: 1, older: 0 })
        assert.deepStrictEqual(yield* announce("a"), { live: 2, older: 1 })
      }).pipe(Effect.provide(layer()))
    )

    it.effect("a replica that retires is removed at once, and keeps its partitions until their release", () =>
      Effect.gen(function* () {
        const partitions = yield* Partitions
        yield* partitions.announce("a")
        const epoch = yield* taken(0, "a")
        yield* partitions.announce("b")
        yield* partitions.retire("a")
        yield* partitions.retire("nobody")
        assert.deepStrictEqual(yield* partitions.announce("b"), { live: 1, older: 0 })
        assert.isUndefined(yield* partitions.acquire(0, "b"))
        yield* partitions.release(0, "a", epoch)
        yield* taken(0, "b")
      }).pipe(Effect.provide(layer()))
    )
  })
}
