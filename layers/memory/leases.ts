import * as Context from "effect/Context"
import * as Layer from "effect/Layer"

export interface Lease {
  readonly epoch: number
  readonly owner: string | undefined
  /** Milliseconds since the epoch. */
  readonly until: number
}

/** Owners of the partitions: the partitions change them, and the event log rejects writes of others (G30). */
export class Leases extends Context.Service<Leases, Map<number, Lease>>()("comporta/layers/memory/Leases") {}

export const layer = Layer.sync(Leases, () => new Map<number, Lease>())
