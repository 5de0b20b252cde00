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

/** What one partition answered. `next`: the epoch of the partition after it, as it was acknowledged last. */
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

const toldOf = (count: number, looked: ReadonlyArray<Looked>): ReadonlyMap<number, number> =>
  new Map(looked.map(({ partition, next }) => [(partition + 1) % count, next]))

/**
 * Puts together what the partitions say of themselves and of each other: each keeps the epoch of the one after it, which lies
 * on another server as a rule, so that a server that went back alone is noticed also by a process that was just started.
 */
export const factsOfPartitions = (
  store: RedisStore["Service"],
  count: number,
  looked: ReadonlyArray<Looked>
): ReadonlyArray<PartitionFacts> => {
  const told = toldOf(count, looked)
  return looked.map(({ partition, epoch, seen, broken }) => ({
    partition,
    server: store.ownerOf(keysOf(store.prefix, partition).of("stamp"))?.name ?? "the store",
    stamped: true,
    epoch,
    remembered: Math.max(seen, told.get(partition) ?? 0),
    ...(broken === "" ? {} : { broken })
  }))
}

/**
 * Reads a partition again whose epoch is below the one that another partition keeps of it: another process may have raised
 * it, and told the other one, after it was looked at here. Where it cannot be read, the first answer stands.
 */
export const readLater = (
  store: RedisStore["Service"],
  count: number,
  looked: ReadonlyArray<Looked>
): Effect.Effect<ReadonlyArray<Looked>> => {
  const told = toldOf(count, looked)
  return Effect.forEach(
    looked,
    (one) =>
      one.epoch >= (told.get(one.partition) ?? 0)
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
