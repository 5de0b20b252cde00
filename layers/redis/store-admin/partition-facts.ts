import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import type { PartitionFacts } from "../../../src/boot/store-look.ts"
import type { InfraError } from "../../../src/domain/failure.ts"
import type { RedisStore, RedisReply } from "../client.ts"
import { unexpectedReply } from "../failure.ts"
import { keysOf } from "../keys.ts"
import { inspectPartitionScript, lookedAt } from "./scripts/look-at-partition.ts"

/** Partitions at once. */
export const partitionsAtOnce = 64

/** Holds the reply of one partition. `next` is the epoch of the partition after it, as acknowledged last. */
export interface Looked {
  readonly partition: number
  readonly epoch: number
  readonly seen: number
  readonly next: number
  readonly broken: string
}

const LookReply = Schema.Tuple([Schema.Finite, Schema.Finite, Schema.Finite, Schema.String])
const decode = Schema.decodeUnknownEffect(LookReply)

export const lookedOf = (operation: string, partition: number, reply: RedisReply): Effect.Effect<Looked, InfraError> =>
  Effect.mapBoth(decode(reply), {
    onSuccess: ([epoch, seen, next, broken]) => ({ partition, epoch, seen, next, broken }),
    onFailure: () => unexpectedReply(operation)
  })

export const keysToLookAt = (prefix: string, partition: number): ReadonlyArray<string> =>
  lookedAt.map(keysOf(prefix, partition).of)

const inspected = (store: RedisStore["Service"], partition: number) =>
  Effect.flatMap(store.run(inspectPartitionScript, keysToLookAt(store.prefix, partition), []), (reply) =>
    lookedOf(inspectPartitionScript.name, partition, reply)
  )

const keptEpochs = (count: number, looked: ReadonlyArray<Looked>): ReadonlyMap<number, number> =>
  new Map(looked.map(({ partition, next }) => [(partition + 1) % count, next]))

/**
 * Combines what the partitions return about themselves and about each other.
 *
 * Each partition keeps the epoch of the one after it, which mostly lies on another server. So even a process that has
 * just started notices a single server that went back in time.
 */
export const factsOfPartitions = (
  store: RedisStore["Service"],
  count: number,
  looked: ReadonlyArray<Looked>
): ReadonlyArray<PartitionFacts> => {
  const kept = keptEpochs(count, looked)
  return looked.map(({ partition, epoch, seen, broken }) => ({
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
  looked: ReadonlyArray<Looked>
): Effect.Effect<ReadonlyArray<Looked>> => {
  const kept = keptEpochs(count, looked)
  return Effect.forEach(
    looked,
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
    Effect.flatMap((looked) => readLater(store, count, looked)),
    Effect.map((looked) => factsOfPartitions(store, count, looked))
  )
