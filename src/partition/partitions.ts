import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type { InfraError } from "../domain/failure.ts"

/** Milliseconds for which a silent replica keeps its partitions and counts as live. */
export const leaseMillis = 6_000

/** Rank of a replica among those that have announced themselves within {@link leaseMillis}, by the store's clock. */
export interface ReplicaRank {
  /** Number of live replicas, this one included. */
  readonly live: number
  /** Number of replicas that were announced earlier: the rank, which is consistent across all replicas. */
  readonly older: number
}

/** Ownership of partitions. Every change of owner raises the epoch; the store rejects a stale epoch (G30). */
export class Partitions extends Context.Service<
  Partitions,
  {
    /** Number of partitions, stamped in the store at first start; never changes. */
    readonly count: number
    /** Announces that this replica is live, and returns its rank. A replica that stops announcing is dropped. */
    readonly announce: (replica: string) => Effect.Effect<ReplicaRank, InfraError>
    /** Drops this replica at once. It keeps its partitions until they are released. */
    readonly retire: (replica: string) => Effect.Effect<void, InfraError>
    /**
     * Acquires a partition that is free or whose lease has expired. Returns the new epoch, or `undefined` while another
     * replica holds it.
     */
    readonly acquire: (partition: number, replica: string) => Effect.Effect<number | undefined, InfraError>
    /** Returns false when this replica no longer owns the partition. */
    readonly renew: (partition: number, replica: string, epoch: number) => Effect.Effect<boolean, InfraError>
    readonly release: (partition: number, replica: string, epoch: number) => Effect.Effect<void, InfraError>
  }
>()("comporta/partition/Partitions") {}

/** Returns the partition of an id that ends in hex digits: the same on every replica. */
export const partitionOf = (id: string, count: number): number => Number.parseInt(id.slice(-8), 16) % count
