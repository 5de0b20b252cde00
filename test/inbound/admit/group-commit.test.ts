import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Latch from "effect/Latch"
import * as TestClock from "effect/testing/TestClock"
import { type AdmitOutcome, EventLog, type NewEntry } from "../../../src/inbound/event-log/event-log.ts"
import { type Admissions, groupCommit, maxBytes } from "../../../src/inbound/admit/group-commit.ts"
import { makeFiberPool } from "../../../src/concurrency/fiber-pool.ts"
import { EventLogFaults } from "../../fakes/event-log.ts"
import { appliedAndLost, broken, heldBy, lost, passes, refused } from "../../fakes/faults.ts"
import { journal } from "../../fakes/journal.ts"
import { eventIdOf, baseLayer } from "../harness.ts"

const entry = (n: number, record = "0:{}", sealed?: string): NewEntry => ({
  key: eventIdOf(n),
  sort: "event",
  consumers: [],
  record,
  ...(sealed === undefined ? {} : { sealed })
})
const range = (from: number, count: number) => Array.from({ length: count }, (_, index) => from + index)

/** The gate on the observed store, which is sharded unless said otherwise, and how a webhook waits at it. */
const gateOn = Effect.fnUntraced(function* (shardOf?: () => number) {
  const log = yield* EventLog
  const events = shardOf === undefined ? log : { ...log, shardOf }
  const store = yield* EventLogFaults
  const { run } = yield* makeFiberPool()
  let nonces = 0
  const commit = groupCommit(
    events,
    2,
    (effect) => void run(effect),
    () => `nonce-${++nonces}`
  )
  const webhook = (entries: ReadonlyArray<NewEntry>, partition = 0) =>
    Effect.callback<ReadonlyArray<AdmitOutcome>, unknown>((resume) => commit(partition, entries, resume))
  const together = (...webhooks: ReadonlyArray<ReadonlyArray<NewEntry>>) =>
    Effect.forEach(webhooks, (entries) => Effect.exit(webhook(entries)), { concurrency: "unbounded" })
  const sizes = () => store.calls.admit.all.map(({ parts }) => parts.flatMap(({ entries }) => entries).length)
  const batches = () =>
    store.calls.admit.all.map(({ parts }) =>
      parts.map(({ partition, entries }) => `${partition}: ${entries.length}`).join(", ")
    )
  return { store, commit, webhook, together, sizes, batches, counts: events.counts }
})
const gate = gateOn()

const outcomes = (exits: ReadonlyArray<Exit.Exit<ReadonlyArray<AdmitOutcome>, unknown>>) =>
  exits.map((exit) => (Exit.isSuccess(exit) ? exit.value.join(" ") : "not admitted"))

describe("G28 group commit", () => {
  it.effect("a batch writes the webhooks of one turn at once, and returns to each webhook its own results", () =>
    Effect.gen(function* () {
      const { together, sizes } = yield* gate
      const answers = yield* together([entry(1)], [entry(2), entry(1), entry(3)], [], [entry(3), entry(4)])
      assert.deepStrictEqual(outcomes(answers), ["admitted", "admitted deduped admitted", "", "deduped admitted"])
      assert.deepStrictEqual(sizes(), [6])
    }).pipe(Effect.provide(baseLayer))
  )

  it.effect("a callback that throws on its result is called with its defect, and other webhooks are unaffected", () =>
    Effect.gen(function* () {
      const { commit } = yield* gate
      const [broken, intact] = [journal<Admissions>(), journal<Admissions>()]
      commit(0, [entry(1)], (admissions) => {
        broken.record(admissions)
        if (Exit.isSuccess(admissions)) throw new TypeError("a defect")
      })
      commit(0, [entry(2)], intact.record)
      yield* intact.reach(1)
      assert.deepStrictEqual(broken.all.map(Exit.isSuccess), [true, false])
      assert.deepStrictEqual(outcomes(intact.all), ["admitted"])
    }).pipe(Effect.provide(baseLayer))
  )

  it.effect("a batch holds at most 256 events, and the rest goes with the next", () =>
    Effect.gen(function* () {
      const { together, sizes } = yield* gate
      yield* together(...range(1, 600).map((n) => [entry(n)]))
      assert.deepStrictEqual(sizes(), [256, 256, 88])
    }).pipe(Effect.provide(baseLayer))
  )

  it.effect("a webhook is never split: it waits for the next batch, or is one by itself", () =>
    Effect.gen(function* () {
      const { together, sizes } = yield* gate
      const answers = yield* together(
        range(1, 200).map((n) => entry(n)),
        range(1_000, 57).map((n) => entry(n)),
        range(2_000, 300).map((n) => entry(n)),
        [entry(3_000)]
      )
      assert.deepStrictEqual(sizes(), [200, 57, 300, 1])
      assert.deepStrictEqual(
        answers.map((exit) => Exit.isSuccess(exit) && exit.value.length),
        [200, 57, 300, 1]
      )
    }).pipe(Effect.provide(baseLayer))
  )

  it.effect("a batch holds at most 1 MB, and a larger webhook is a batch by itself", () =>
    Effect.gen(function* () {
      const { together, sizes } = yield* gate
      const half = "x".repeat(maxBytes / 2)
      yield* together(
        [entry(1, half)],
        [entry(2, "", half)],
        [entry(3, "x")],
        [entry(4, `${half}${half}xx`)],
        [entry(5)]
      )
      assert.deepStrictEqual(sizes(), [2, 1, 1, 1])
    }).pipe(Effect.provide(baseLayer))
  )

  it.effect("a shard writes one batch at a time, and other shards do not wait for it", () =>
    Effect.gen(function* () {
      const { store, webhook, batches } = yield* gate
      const latch = yield* Latch.make(false)
      store.next("admit", heldBy(latch))
      const first = yield* Effect.forkChild(webhook([entry(1)]))
      yield* store.calls.admit.reach(1)
      const second = yield* Effect.forkChild(webhook([entry(2)]), { startImmediately: true })
      const third = yield* Effect.forkChild(webhook([entry(3)]), { startImmediately: true })
      for (const n of [4, 5]) assert.deepStrictEqual(yield* webhook([entry(n)], 1), ["admitted"])
      assert.deepStrictEqual(batches(), ["0: 1", "1: 1", "1: 1"])
      yield* latch.open
      assert.deepStrictEqual(yield* Fiber.join(first), ["admitted"])
      assert.deepStrictEqual([yield* Fiber.join(second), yield* Fiber.join(third)], [["admitted"], ["admitted"]])
      assert.deepStrictEqual(batches(), ["0: 1", "1: 1", "1: 1", "0: 2"])
    }).pipe(Effect.provide(baseLayer))
  )

  it.effect(
    "a batch writes several partitions of one shard at once, in order, and returns to each webhook its results",
    () =>
      Effect.gen(function* () {
        const { store, webhook, batches, counts } = yield* gateOn(() => 0)
        const latch = yield* Latch.make(false)
        store.next("admit", heldBy(latch))
        const first = yield* Effect.forkChild(webhook([entry(1)]))
        yield* store.calls.admit.reach(1)
        const later: ReadonlyArray<readonly [number, ReadonlyArray<number>]> = [
          [1, [2, 3]],
          [0, [1, 4]],
          [1, [2]],
          [0, [5]]
        ]
        const waiting = yield* Effect.forkChild(
          Effect.forEach(
            later,
            ([partition, events]) =>
              webhook(
                events.map((n) => entry(n)),
                partition
              ),
            {
              concurrency: "unbounded"
            }
          ),
          { startImmediately: true }
        )
        yield* latch.open
        assert.deepStrictEqual(yield* Fiber.join(first), ["admitted"])
        assert.deepStrictEqual(yield* Fiber.join(waiting), [
          ["admitted", "admitted"],
          ["deduped", "admitted"],
          ["deduped"],
          ["admitted"]
        ])
        assert.deepStrictEqual(batches(), ["0: 1", "1: 3, 0: 3"])
        assert.deepInclude(yield* counts, { received: 7, admitted: 5, deduped: 2 })
      }).pipe(Effect.provide(baseLayer))
  )

  it.effect("a failed batch is retried once webhook by webhook, each under a nonce of its own", () =>
    Effect.gen(function* () {
      const { store, together, sizes, counts } = yield* gate
      store.next("admit", refused("store_error"), passes, refused("store_error"), passes)
      const answers = yield* together([entry(1)], [entry(2)], [entry(3), entry(4)])
      assert.deepStrictEqual(outcomes(answers), ["admitted", "not admitted", "admitted admitted"])
      assert.deepStrictEqual(sizes(), [4, 1, 1, 2])
      assert.strictEqual(new Set(store.calls.admit.all.map(({ nonce }) => nonce)).size, 4)
      assert.strictEqual((yield* counts).received, 3)
    }).pipe(Effect.provide(baseLayer))
  )

  it.effect(
    "a failed batch is retried partition by partition, and webhook by webhook only where a partition fails",
    () =>
      Effect.gen(function* () {
        const { store, webhook, batches } = yield* gateOn(() => 0)
        store.next("admit", refused("store_error"), refused("store_error"), refused("store_error"), passes, passes)
        const answers = yield* Effect.forEach([1, 2, 3, 4], (n) => Effect.exit(webhook([entry(n)], n % 2)), {
          concurrency: "unbounded"
        })
        assert.deepStrictEqual(outcomes(answers), ["not admitted", "admitted", "admitted", "admitted"])
        assert.deepStrictEqual(batches(), ["1: 2, 0: 2", "1: 2", "1: 1", "1: 1", "0: 2"])
      }).pipe(Effect.provide(baseLayer))
  )

  it.effect("a failed batch of one webhook is not retried", () =>
    Effect.gen(function* () {
      const { store, together, sizes } = yield* gate
      store.next("admit", refused("store_error"))
      assert.deepStrictEqual(outcomes(yield* together([entry(1), entry(2)])), ["not admitted"])
      assert.deepStrictEqual(sizes(), [2])
    }).pipe(Effect.provide(baseLayer))
  )

  for (const code of ["store_unavailable", "store_full", "store_not_replicated"]) {
    it.effect(`a batch that fails with ${code} is not retried for each webhook`, () =>
      Effect.gen(function* () {
        const { store, together, sizes, webhook } = yield* gate
        store.next("admit", refused(code))
        const answers = yield* together([entry(1)], [entry(2)], [entry(3)])
        assert.deepStrictEqual(outcomes(answers), ["not admitted", "not admitted", "not admitted"])
        assert.deepStrictEqual(sizes(), [3])
        assert.deepStrictEqual(yield* webhook([entry(1)]), ["admitted"])
      }).pipe(Effect.provide(baseLayer))
    )
  }

  it.effect("a batch whose response was lost is repeated under its nonce, gets its first result and counts once", () =>
    Effect.gen(function* () {
      const { store, together, sizes, counts } = yield* gate
      store.next("admit", appliedAndLost())
      const answers = yield* together([entry(1)], [entry(2), entry(1)])
      assert.deepStrictEqual(outcomes(answers), ["admitted", "admitted deduped"])
      assert.deepStrictEqual(sizes(), [3, 3])
      assert.deepStrictEqual(new Set(store.calls.admit.all.map(({ nonce }) => nonce)), new Set(["nonce-1"]))
      assert.deepInclude(yield* counts, { received: 3, admitted: 2, deduped: 1 })
    }).pipe(Effect.provide(baseLayer))
  )

  it.effect("a batch whose response stays lost is sent twice, and no webhook is reported as admitted", () =>
    Effect.gen(function* () {
      const { store, together, sizes } = yield* gate
      store.next("admit", appliedAndLost(), lost())
      assert.deepStrictEqual(outcomes(yield* together([entry(1)], [entry(2)])), ["not admitted", "not admitted"])
      assert.deepStrictEqual(sizes(), [2, 2])
      assert.deepStrictEqual(outcomes(yield* together([entry(1)], [entry(2)])), ["deduped", "deduped"])
    }).pipe(Effect.provide(baseLayer))
  )

  it.effect("a caller that disconnects cancels neither its own events nor the results of other callers", () =>
    Effect.gen(function* () {
      const { store, webhook, counts } = yield* gate
      const latch = yield* Latch.make(false)
      store.next("admit", heldBy(latch))
      const first = yield* Effect.forkChild(webhook([entry(1)]))
      yield* store.calls.admit.reach(1)
      const interrupted = yield* Effect.forkChild(webhook([entry(2)]), { startImmediately: true })
      const last = yield* Effect.forkChild(webhook([entry(1), entry(3)]), { startImmediately: true })
      yield* Fiber.interrupt(interrupted)
      yield* Fiber.interrupt(first)
      yield* latch.open
      assert.deepStrictEqual(yield* Fiber.join(last), ["deduped", "admitted"])
      assert.deepInclude(yield* counts, { received: 4, admitted: 3, deduped: 1 })
    }).pipe(Effect.provide(baseLayer))
  )

  it.effect("a defect in a batch write fails its webhook and does not block the partition", () =>
    Effect.gen(function* () {
      const { store, webhook } = yield* gate
      store.next("admit", broken)
      const first = yield* Effect.forkChild(webhook([entry(1)]))
      yield* store.calls.admit.reach(1)
      const next = yield* Effect.forkChild(webhook([entry(2)]))
      yield* TestClock.adjust("1 minute")
      assert.deepStrictEqual([first.pollUnsafe()?._tag, next.pollUnsafe()?._tag], ["Failure", "Success"])
    }).pipe(Effect.provide(baseLayer))
  )
})
