import { assert } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as MemoryStore from "../../layers/memory/store.ts"
import { Partitions } from "../../src/partition/partitions.ts"
import { type Worker, workPartitions } from "../../src/partition/work.ts"
import { journal } from "../fakes/journal.ts"
import * as RecordedLog from "../fakes/log.ts"
import { faultyPartitions, PartitionsFaults } from "../fakes/partitions.ts"

export const count = 4

export const baseLayer = Layer.mergeAll(faultyPartitions(Layer.effect(Partitions, Partitions)), RecordedLog.layer).pipe(
  Layer.provideMerge(MemoryStore.layer({ partitions: count }))
)

interface Shift {
  readonly replica: string
  readonly partition: number
  readonly epoch: number
}

/** Starts replicas over one store and records their workers. Two workers of one partition at once fail the test. */
export const harness = Effect.gen(function* () {
  const running = new Map<number, Shift>()
  const began = journal<Shift>()
  const ended = journal<Shift>()
  const overlaps: Array<readonly [Shift, Shift]> = []

  const worker =
    (replica: string): Worker<never> =>
    (owner) => {
      const shift = { replica, ...owner }
      const begin = Effect.sync(() => {
        const other = running.get(owner.partition)
        if (other !== undefined) overlaps.push([other, shift])
        running.set(owner.partition, shift)
        began.record(shift)
      })
      const end = Effect.sync(() => {
        if (running.get(owner.partition) === shift) running.delete(owner.partition)
        ended.record(shift)
      })
      return Effect.acquireUseRelease(
        begin,
        () => Effect.never,
        () => end
      )
    }

  const start = (replica: string, work = worker(replica)) => Effect.forkChild(workPartitions(replica, work))
  const worked = (replica: string) => [...running.values()].filter((shift) => shift.replica === replica).length
  const each = () => [...running.keys()].toSorted((a, b) => a - b)
  yield* Effect.addFinalizer(() => Effect.sync(() => assert.deepStrictEqual(overlaps, [])))
  return { start, worker, worked, each, running, began, ended, store: yield* PartitionsFaults }
})

export const all = Array.from({ length: count }, (_, partition) => partition)
