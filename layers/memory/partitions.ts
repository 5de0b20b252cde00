import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { Deployment } from "../../src/deployment/deployment.ts"
import { leaseMillis, Partitions } from "../../src/partition/partitions.ts"

export interface Lease {
  readonly epoch: number
  readonly owner: string | undefined
  /** Milliseconds since the epoch. */
  readonly until: number
}

/** Owners of the partitions: the partitions change them, and the event log rejects writes of others (G30). */
export class Leases extends Context.Service<Leases, Map<number, Lease>>()("comporta/layers/memory/Leases") {}

export const memoryLeases = Layer.sync(Leases, () => new Map<number, Lease>())

/** Presence of a replica in milliseconds: first announced at `since`, live until `until`. */
interface Presence {
  readonly since: number
  readonly until: number
}

export const layer: Layer.Layer<Partitions, never, Deployment | Leases> = Layer.effect(
  Partitions,
  Effect.gen(function* () {
    const deployment = yield* Deployment
    const leases = yield* Leases
    const replicas = new Map<string, Presence>()
    const isOurs = (lease: Lease | undefined, replica: string, epoch: number) =>
      lease !== undefined && lease.owner === replica && lease.epoch === epoch
    return Partitions.of({
      count: deployment.partitions,
      announce: (replica) =>
        Effect.map(Clock.currentTimeMillis, (now) => {
          for (const [other, { until }] of Array.from(replicas)) if (until <= now) replicas.delete(other)
          const since = replicas.get(replica)?.since ?? now
          replicas.set(replica, { since, until: now + leaseMillis })
          const older = Array.from(replicas).filter(
            ([other, its]) => its.since < since || (its.since === since && other < replica)
          )
          return { live: replicas.size, older: older.length }
        }),
      retire: (replica) => Effect.sync(() => void replicas.delete(replica)),
      acquire: (partition, replica) =>
        Effect.map(Clock.currentTimeMillis, (now) => {
          const held = leases.get(partition)
          if (held?.owner !== undefined && held.owner !== replica && held.until > now) return undefined
          const epoch = (held?.epoch ?? 0) + 1
          leases.set(partition, { epoch, owner: replica, until: now + leaseMillis })
          return epoch
        }),
      renew: (partition, replica, epoch) =>
        Effect.map(Clock.currentTimeMillis, (now) => {
          if (!isOurs(leases.get(partition), replica, epoch)) return false
          leases.set(partition, { epoch, owner: replica, until: now + leaseMillis })
          return true
        }),
      release: (partition, replica, epoch) =>
        Effect.sync(() => {
          if (isOurs(leases.get(partition), replica, epoch))
            leases.set(partition, { epoch, owner: undefined, until: 0 })
        })
    })
  })
)
