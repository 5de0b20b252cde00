import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import { ConversationId, IntentId } from "../../src/domain/ids.ts"
import { IntentLanes } from "../../src/outbound/queue/intent-lanes.ts"
import { Partitions } from "../../src/partition/partitions.ts"

/** An implementation of the lanes under test, with control over its clock. The store has 2 partitions. */
export interface Subject<R, E> {
  readonly layer: Layer.Layer<IntentLanes | Partitions | R, E>
  readonly elapse: (millis: number) => Effect.Effect<void, E, R>
}

/** Returns the id of a lane in partition 1. */
const laneOf = (number: number) => ConversationId.make(`cnv_${(2 * number + 1).toString(16).padStart(32, "0")}`)
const intentOf = (number: number) => IntentId.make(`int_${number.toString(16).padStart(32, "0")}`)
const entry = (lane: number, intent: number) => ({ lane: laneOf(lane), intentId: intentOf(intent) })

const taken = Effect.fnUntraced(function* (replica = "a") {
  const partitions = yield* Partitions
  const epoch = yield* partitions.acquire(1, replica)
  if (epoch === undefined) return yield* Effect.die(new Error("the partition is held"))
  return { partition: 1, epoch }
})

/** Returns every entry of a lane in order. */
const all = Effect.fnUntraced(function* (owner: { readonly partition: number; readonly epoch: number }, lane: number) {
  const lanes = yield* IntentLanes
  const seen: Array<IntentId> = []
  let done: IntentId | undefined
  while (true) {
    const answer = yield* lanes.advance(owner, laneOf(lane), done)
    if (answer === "stale" || answer.first === undefined) return seen
    seen.push(answer.first)
    done = answer.first
  }
})

export const intentLanesContract = <R, E>(subject: Subject<R, E>) => {
  const test = <E2>(name: string, effect: Effect.Effect<unknown, E2, IntentLanes | Partitions | R>) =>
    it.effect(name, () => Effect.provide(effect, subject.layer))

  test(
    "I8 a lane returns its intents in the order of entry, and disappears after the last",
    Effect.gen(function* () {
      const lanes = yield* IntentLanes
      const owner = yield* taken()
      for (const n of [5, 3, 9]) yield* lanes.enqueue(1, [entry(1, n)])
      yield* lanes.enqueue(1, [entry(1, 1), entry(2, 7), entry(1, 4)])
      assert.strictEqual(yield* lanes.open, 2)
      assert.deepStrictEqual(yield* all(owner, 1), [5, 3, 9, 1, 4].map(intentOf))
      assert.deepStrictEqual(yield* all(owner, 2), [intentOf(7)])
      assert.strictEqual(yield* lanes.open, 0)
      assert.deepStrictEqual(yield* lanes.due(1, 10), [])
    })
  )

  test(
    "G24 an intent that is in its lane is not added again, and keeps its position",
    Effect.gen(function* () {
      const lanes = yield* IntentLanes
      const owner = yield* taken()
      yield* lanes.enqueue(1, [entry(1, 1), entry(1, 2)])
      yield* lanes.enqueue(1, [entry(1, 2), entry(1, 1), entry(1, 1)])
      assert.deepStrictEqual(yield* all(owner, 1), [intentOf(1), intentOf(2)])
    })
  )

  test(
    "lanes are due at once, the longest due first, and a postponed lane only after its time",
    Effect.gen(function* () {
      const lanes = yield* IntentLanes
      const owner = yield* taken()
      yield* lanes.enqueue(1, [entry(1, 1)])
      yield* subject.elapse(2)
      yield* lanes.enqueue(1, [entry(2, 2)])
      assert.deepStrictEqual(yield* lanes.due(1, 10), [laneOf(1), laneOf(2)])
      assert.deepStrictEqual(yield* lanes.due(1, 1), [laneOf(1)])
      assert.deepStrictEqual(yield* lanes.due(0, 10), [])
      yield* lanes.postpone(owner, laneOf(1), 60_000)
      yield* lanes.enqueue(1, [entry(1, 3)])
      assert.deepStrictEqual(yield* lanes.due(1, 10), [laneOf(2)])
      assert.strictEqual(yield* lanes.open, 2)
      yield* lanes.postpone(owner, laneOf(1), 20)
      assert.deepStrictEqual(yield* lanes.due(1, 10), [laneOf(2)])
      yield* subject.elapse(25)
      assert.deepStrictEqual(yield* lanes.due(1, 10), [laneOf(2), laneOf(1)])
    })
  )

  test(
    "a lane that is gone does not return when an owner postpones it",
    Effect.gen(function* () {
      const lanes = yield* IntentLanes
      const owner = yield* taken()
      yield* lanes.postpone(owner, laneOf(1), 0)
      assert.deepStrictEqual(yield* lanes.due(1, 10), [])
      assert.strictEqual(yield* lanes.open, 0)
    })
  )

  test(
    "G30 an owner with a stale epoch moves no lane",
    Effect.gen(function* () {
      const lanes = yield* IntentLanes
      const partitions = yield* Partitions
      const old = yield* taken("a")
      yield* lanes.enqueue(1, [entry(1, 1)])
      yield* partitions.release(1, "a", old.epoch)
      const present = yield* taken("b")
      assert.strictEqual(yield* lanes.advance(old, laneOf(1), intentOf(1)), "stale")
      assert.strictEqual(yield* lanes.postpone(old, laneOf(1), 60_000), "stale")
      assert.deepStrictEqual(yield* lanes.due(1, 10), [laneOf(1)])
      assert.deepStrictEqual(yield* all(present, 1), [intentOf(1)])
    })
  )
}
