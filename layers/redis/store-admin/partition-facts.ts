import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import type { PartitionFacts } from "../../../src/boot/store-facts.ts"
import type { InfraError } from "../../../src/domain/failure.ts"
import type { RedisStore, RedisReply } from "../client.ts"
import { unexpectedReply } from "../failure.ts"
import { keysOf } from "../keys.ts"
import { inspectPartitionScript, watchedKeys } from "./scripts/watch-partition.ts"

/** Partitions at once. */
export const partitionsAtOnce = 64

/** Holds the reply of one partition. `next` is the epoch of the partition after it, as acknowledged last. */
export interface PartitionReading {
  readonly partition: number
  readonly epoch: number
  readonly seen: number
  readonly next: number
  readonly broken: string
}

const LookReply = Schema.Tuple([Schema.Finite, Schema.Finite, Schema.Finite, Schema.String])
const decode = Schema.decodeUnknownEffect(LookReply)

export const decodeReading = (
  operation: string,
  partition: number,
  reply: RedisReply
): Effect.Effect<PartitionReading, InfraError> =>
  Effect.mapBoth(decode(reply), {
    onSuccess: ([epoch, seen, next, broken]) => ({ partition, epoch, seen, next, broken }),
    onFailure: () => unexpectedReply(operation)
  })

export const watchedKeysOf = (prefix: string, partition: number): ReadonlyArray<string> =>
  watchedKeys.map(keysOf(prefix, partition).of)

const inspected = (store: RedisStore["Service"], partition: number) =>
  Effect.flatMap(store.run(inspectPartitionScript, watchedKeysOf(store.prefix, partition), []), (reply) =>
    decodeReading(inspectPartitionScript.name, partition, reply)
  )

const keptEpochs = (count: number, readings: ReadonlyArray<PartitionReading>): ReadonlyMap<number, number> =>
  new Map(readings.map(({ partition, next }) => [(partition + 1) % count, next]))

/**
 * Combines what the partitions return about themselves and about each other.
 *
 * Each partition keeps the epoch of the one after it, which mostly lies on another server. So even a process that has
 * just started notices a single server that went back in time.
 */
export const factsOfPartitions = (
  store: RedisStore["Service"],
  count: number,
  readings: ReadonlyArray<PartitionReading>
): ReadonlyArray<PartitionFacts> => {
  const kept = keptEpochs(count, readings)
  return readings.map(({ partition, epoch, seen, broken }) => ({
    partition,
    server: store.ownerOf(keysOf(store.prefix, partition).of("stamp"))?.name ?? "the store",
    stamped: true,
    epoch,
    remembered: Math.max(seen, kept.get(partition) ?? 0),
    ...(broken === "" ? {} : { broken })
  }))
}

/**
 * Reads a partition again when its epoch is below the one that another partition keeps of it. Another process may have
 * raised it, and written it there, after this process had read the partition. When it cannot be read again, the first
 * reply counts.
 */
export const readLater = (
  store: RedisStore["Service"],
  count: number,
  readings: ReadonlyArray<PartitionReading>
): Effect.Effect<ReadonlyArray<PartitionReading>> => {
  const kept = keptEpochs(count, readings)
  return Effect.forEach(
    readings,
    (one) =>
      one.epoch >= (kept.get(one.partition) ?? 0)
        ? Effect.succeed(one)
        : Effect.map(
            Effect.option(inspected(store, one.partition)),
            Option.match({ onNone: () => one, onSome: ({ epoch, seen }) => ({ ...one, epoch, seen }) })
          ),
    { concurrency: partitionsAtOnce }
  )
}

/** Reads every partition, and changes none. */
export const partitionsOf = (store: RedisStore["Service"], count: number) =>
  Effect.forEach(
    Array.from({ length: count }, (_, partition) => partition),
    (partition) => inspected(store, partition),
    { concurrency: partitionsAtOnce }
  ).pipe(
    Effect.flatMap((readings) => readLater(store, count, readings)),
    Effect.map((readings) => factsOfPartitions(store, count, readings))
  )
