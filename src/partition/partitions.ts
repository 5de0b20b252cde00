import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type { InfraError } from "../domain/failure.ts"

/** Milliseconds that a partition stays with a replica that has fallen silent, and that the replica is counted as there. */
export const leaseMillis = 6_000

/** Where a replica stands among those that have announced themselves within {@link leaseMillis}, by the store's clock. */
export interface Standing {
  /** All of them, itself included. */
  readonly live: number
  /** Those that have been there for longer: its place in line, told alike to every replica. */
  readonly older: number
}

/** Who works which partition. Every change of owner raises the epoch; a stale epoch is refused by the store (G30). */
export class Partitions extends Context.Service<
  Partitions,
  {
    /** Stamped in the store at first start; never changes. */
    readonly count: number
    /** Says that this replica is there, and answers where it stands. Silence makes it forgotten. */
    readonly announce: (replica: string) => Effect.Effect<Standing, InfraError>
    /** Forgets this replica at once; what it holds stays with it until it is released. */
    readonly retire: (replica: string) => Effect.Effect<void, InfraError>
    /** Takes a partition that is free or whose lease has run out: the new epoch, or `undefined` while another holds it. */
    readonly acquire: (partition: number, replica: string) => Effect.Effect<number | undefined, InfraError>
    /** `false` when the partition is no longer ours. */
    readonly renew: (partition: number, replica: string, epoch: number) => Effect.Effect<boolean, InfraError>
    readonly release: (partition: number, replica: string, epoch: number) => Effect.Effect<void, InfraError>
  }
>()("comporta/partition/Partitions") {}

/** The partition of an id that ends in hex digits: the same on every replica. */
export const partitionOf = (id: string, count: number): number => Number.parseInt(id.slice(-8), 16) % count
