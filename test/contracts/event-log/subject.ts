import { assert } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { type Consumer, EventLog, type NewEntry } from "../../../src/inbound/event-log/event-log.ts"
import { Partitions } from "../../../src/partition/partitions.ts"

export const idOf = (prefix: string, n: number) => `${prefix}_${n.toString(16).padStart(32, "0")}`

export const event = (n: number, consumers: ReadonlyArray<Consumer> = ["runtime"]): NewEntry => ({
  key: idOf("evt", n),
  sort: "event",
  consumers,
  record: `0:{"n":${n},"text":"é – \\u0000"}`
})

export const quarantined = (n: number, record = `0:{"item":${n}}`): NewEntry => ({
  key: idOf("qua", n),
  sort: "quarantine",
  consumers: [],
  record
})

let batches = 0
export const batch = (...entries: ReadonlyArray<NewEntry>) => ({ nonce: `batch-${++batches}`, entries })

export const ownerOf = Effect.fnUntraced(function* (partition: number) {
  const partitions = yield* Partitions
  const epoch = yield* partitions.acquire(partition, "replica")
  assert.isDefined(epoch)
  return { partition, epoch: epoch ?? 0 }
})

export const positions = Effect.fnUntraced(function* (partition: number, consumer: Consumer, after = 0, limit = 5_000) {
  const log = yield* EventLog
  return (yield* log.pending(partition, consumer, after, limit)).map((entry) => entry.position)
})

export const assertConserved = Effect.gen(function* () {
  const log = yield* EventLog
  const counts = yield* log.counts
  assert.strictEqual(counts.received, counts.admitted + counts.deduped + counts.quarantined)
  assert.strictEqual(counts.admitted, counts.delivered + counts.pending + counts.deadLettered)
  const waiting = [...(yield* positions(0, "runtime")), ...(yield* positions(1, "runtime"))]
  assert.strictEqual(waiting.length, counts.pending)
  return counts
})
