import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Latch from "effect/Latch"
import * as TestClock from "effect/testing/TestClock"
import { leaseMillis, Partitions } from "../../src/partition/partitions.ts"
import { refused, silent } from "../fakes/faults.ts"
import { RecordedLog } from "../fakes/log.ts"
import { all, count, harness, baseLayer } from "./harness.ts"

describe("replica", () => {
  it.effect("a single replica works every partition, with one worker each, as long as it runs", () =>
    Effect.gen(function* () {
      const { start, each, began, ended } = yield* harness
      yield* start("a")
      yield* began.reach(count)
      yield* TestClock.adjust(10 * leaseMillis)
      assert.deepStrictEqual(each(), all)
      assert.lengthOf(began.all, count)
      assert.lengthOf(ended.all, 0)
    }).pipe(Effect.provide(baseLayer))
  )

  it.effect("a later replica gets its share one partition at a time, each once its worker has ended", () =>
    Effect.gen(function* () {
      const { start, each, worked, began, ended, store } = yield* harness
      yield* start("a")
      yield* began.reach(count)
      yield* start("b")
      yield* TestClock.adjust(2 * leaseMillis)
      assert.deepStrictEqual([worked("a"), worked("b")], [count / 2, count / 2])
      assert.deepStrictEqual(each(), all)
      assert.lengthOf(ended.all, count / 2)
      assert.lengthOf(store.calls.release.all, count / 2)
      yield* TestClock.adjust(5 * leaseMillis)
      assert.lengthOf(began.all, count + count / 2)
    }).pipe(Effect.provide(baseLayer))
  )

  it.effect(
    "a stopping replica releases everything at once, and the other takes over without waiting for a lease",
    () =>
      Effect.gen(function* () {
        const { start, each, worked, store } = yield* harness
        const a = yield* start("a")
        yield* start("b")
        yield* TestClock.adjust(2 * leaseMillis)
        assert.strictEqual(worked("a"), count / 2)
        yield* Fiber.interrupt(a)
        assert.strictEqual(worked("a"), 0)
        assert.deepStrictEqual(store.calls.retire.all, [{ replica: "a" }])
        yield* TestClock.adjust("1 second")
        assert.strictEqual(worked("b"), count)
        assert.deepStrictEqual(each(), all)
      }).pipe(Effect.provide(baseLayer))
  )

  it.effect("G30 a silent replica's partitions are taken over after its leases, under higher epochs", () =>
    Effect.gen(function* () {
      const { start, worked, running, began, store } = yield* harness
      const a = yield* start("a")
      yield* began.reach(count)
      store.always("release", refused())
      store.always("retire", refused())
      yield* Fiber.interrupt(a)
      yield* start("b")
      yield* TestClock.adjust(leaseMillis - 1_000)
      assert.strictEqual(worked("b"), 0)
      yield* TestClock.adjust(3_000)
      assert.strictEqual(worked("b"), count)
      assert.deepStrictEqual([...new Set([...running.values()].map(({ epoch }) => epoch))], [2])
    }).pipe(Effect.provide(baseLayer))
  )

  it.effect("a replica waits for an unavailable store, and works everything once the store is back", () =>
    Effect.gen(function* () {
      const { start, each, began, store } = yield* harness
      store.always("announce", refused())
      store.always("acquire", refused())
      yield* start("a")
      yield* TestClock.adjust("1 minute")
      assert.lengthOf(began.all, 0)
      store.always("announce", (call) => call)
      store.always("acquire", (call) => call)
      yield* TestClock.adjust(2 * leaseMillis)
      assert.deepStrictEqual(each(), all)
    }).pipe(Effect.provide(baseLayer))
  )
})

describe("partition worker", () => {
  it.effect("G30 a worker is stopped at once when another replica has the lease", () =>
    Effect.gen(function* () {
      const { start, began, ended } = yield* harness
      const partitions = yield* Partitions
      yield* start("a")
      yield* began.reach(count)
      const log = yield* RecordedLog
      for (const { partition, epoch } of began.all) {
        yield* partitions.release(partition, "a", epoch)
        yield* partitions.acquire(partition, "elsewhere")
      }
      yield* TestClock.adjust(leaseMillis / 4)
      assert.lengthOf(yield* ended.reach(count), count)
      assert.lengthOf(yield* log.waitFor("partition.lost", count), count)
      yield* TestClock.adjust(leaseMillis / 2)
      assert.lengthOf(began.all, count)
    }).pipe(Effect.provide(baseLayer))
  )

  for (const [what, act] of [
    ["refuses", refused()],
    ["is silent", silent]
  ] as const) {
    it.effect(`a worker is stopped before its lease expires when the store ${what}`, () =>
      Effect.gen(function* () {
        const { start, began, ended, store } = yield* harness
        yield* start("a")
        yield* began.reach(count)
        yield* TestClock.adjust(leaseMillis / 4)
        yield* store.calls.renew.reach(count)
        store.always("renew", act)
        store.always("acquire", refused())
        yield* TestClock.adjust(leaseMillis / 2)
        assert.lengthOf(ended.all, 0)
        yield* TestClock.adjust(leaseMillis / 2 - 1)
        assert.lengthOf(ended.all, count)
      }).pipe(Effect.provide(baseLayer))
    )
  }

  it.effect("a worker continues when one renewal fails and the next succeeds", () =>
    Effect.gen(function* () {
      const { start, began, ended, store } = yield* harness
      yield* start("a")
      yield* began.reach(count)
      store.next("renew", refused(), silent, refused(), silent)
      yield* TestClock.adjust(5 * leaseMillis)
      assert.lengthOf(ended.all, 0)
      assert.lengthOf(began.all, count)
    }).pipe(Effect.provide(baseLayer))
  )

  it.effect("a worker has ended before its partition is released", () =>
    Effect.gen(function* () {
      const { start, store } = yield* harness
      const latch = yield* Latch.make(false)
      const began = yield* Latch.make(false)
      const order: Array<string> = []
      const a = yield* start("a", ({ partition }) =>
        Effect.andThen(began.open, Effect.never).pipe(
          Effect.onInterrupt(() =>
            Effect.andThen(
              latch.await,
              Effect.sync(() => order.push(`ended ${partition}`))
            )
          )
        )
      )
      yield* began.await
      store.always("release", (call) =>
        Effect.andThen(
          Effect.sync(() => order.push("released")),
          call
        )
      )
      const stopped = yield* Effect.forkChild(Fiber.interrupt(a))
      yield* store.calls.retire.reach(1)
      assert.deepStrictEqual(order, [])
      yield* latch.open
      yield* Fiber.join(stopped)
      assert.lengthOf(order, 2 * count)
      assert.isAbove(
        order.indexOf("released"),
        order.findIndex((what) => what.startsWith("ended"))
      )
    }).pipe(Effect.provide(baseLayer))
  )

  it.effect("a worker that does not stop and a silent store delay a shutdown only briefly", () =>
    Effect.gen(function* () {
      const { start, store } = yield* harness
      const began = yield* Latch.make(false)
      const a = yield* start("a", () =>
        Effect.andThen(began.open, Effect.never).pipe(Effect.onInterrupt(() => Effect.never))
      )
      yield* began.await
      for (const operation of ["release", "retire"] as const) store.always(operation, silent)
      const stopped = yield* Effect.forkChild(Fiber.interrupt(a))
      yield* TestClock.adjust("3 seconds")
      assert.strictEqual(stopped.pollUnsafe()?._tag, "Success")
    }).pipe(Effect.provide(baseLayer))
  )

  it.effect("a worker that dies affects no other, is logged, and its partition is worked again", () =>
    Effect.gen(function* () {
      const { start, worker, each, began, ended } = yield* harness
      const log = yield* RecordedLog
      let died = false
      yield* start("a", (owner) => {
        if (owner.partition !== 1 || died) return worker("a")(owner)
        died = true
        return Effect.die(new TypeError("canary-15550102030"))
      })
      yield* began.reach(count - 1)
      yield* TestClock.adjust(leaseMillis)
      assert.isTrue(died)
      assert.deepStrictEqual(each(), all)
      assert.lengthOf(ended.all, 0)
      assert.lengthOf(log.of("internal"), 1)
      assert.notInclude(JSON.stringify(log.lines), "canary")
    }).pipe(Effect.provide(baseLayer))
  )
})
