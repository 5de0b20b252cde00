import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { leaseMillis, Partitions } from "../../src/partition/partitions.ts"
import type { StoreUnderTest } from "./store.ts"

/** What all partitions keep, wherever their leases are. */
export const partitionsContract = <R>(name: string, { layer, passLease }: StoreUnderTest<R>) => {
  describe(`partitions in ${name}`, () => {
    it.effect("a partition has one owner, and each owner an epoch of its own", () =>
      Effect.gen(function* () {
        const partitions = yield* Partitions
        assert.strictEqual(partitions.count, 2)
        assert.strictEqual(yield* partitions.acquire(0, "a"), 1)
        assert.isUndefined(yield* partitions.acquire(0, "b"))
        assert.strictEqual(yield* partitions.acquire(1, "b"), 1)
        yield* partitions.release(0, "a", 1)
        assert.strictEqual(yield* partitions.acquire(0, "b"), 2)
        assert.isFalse(yield* partitions.renew(0, "a", 1))
      }).pipe(Effect.provide(layer()))
    )

    it.effect("one of many that ask at once gets it", () =>
      Effect.gen(function* () {
        const partitions = yield* Partitions
        const replicas = Array.from({ length: 16 }, (_, n) => `replica-${n}`)
        const epochs = yield* Effect.forEach(replicas, (replica) => partitions.acquire(0, replica), {
          concurrency: "unbounded"
        })
        assert.deepStrictEqual(
          epochs.filter((epoch) => epoch !== undefined),
          [1]
        )
      }).pipe(Effect.provide(layer()))
    )

    it.effect("G30 a replica that fell silent loses its partition to a higher epoch", () =>
      Effect.gen(function* () {
        const partitions = yield* Partitions
        assert.strictEqual(yield* partitions.acquire(0, "a"), 1)
        yield* passLease(leaseMillis - 1_000)
        assert.isUndefined(yield* partitions.acquire(0, "b"))
        assert.isTrue(yield* partitions.renew(0, "a", 1))
        yield* passLease(leaseMillis - 1_000)
        assert.isUndefined(yield* partitions.acquire(0, "b"))
        yield* passLease(1_001)
        assert.strictEqual(yield* partitions.acquire(0, "b"), 2)
        assert.isFalse(yield* partitions.renew(0, "a", 1))
        yield* partitions.release(0, "a", 1)
        assert.isTrue(yield* partitions.renew(0, "b", 2))
      }).pipe(Effect.provide(layer()))
    )

    it.effect("G30 asking again raises the epoch, so that whoever asked first is fenced", () =>
      Effect.gen(function* () {
        const partitions = yield* Partitions
        assert.strictEqual(yield* partitions.acquire(0, "a"), 1)
        assert.strictEqual(yield* partitions.acquire(0, "a"), 2)
        assert.isFalse(yield* partitions.renew(0, "a", 1))
        assert.isTrue(yield* partitions.renew(0, "a", 2))
      }).pipe(Effect.provide(layer()))
    )
  })
}
