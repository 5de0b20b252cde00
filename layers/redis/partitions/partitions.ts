import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { Deployment } from "../../../src/deployment/deployment.ts"
import { leaseMillis, Partitions } from "../../../src/partition/partitions.ts"
import { RedisStore } from "../client.ts"
import { unexpectedReply } from "../failure.ts"
import { keysOf } from "../keys.ts"
import {
  acquireLeaseScript,
  announceReplicaScript,
  releaseLeaseScript,
  renewLeaseScript,
  retireReplicaScript
} from "./scripts.ts"
import { asInteger, asList } from "../scripting/reply.ts"

export interface PartitionsOptions {
  /** Milliseconds of a lease; {@link leaseMillis} by default. */
  readonly lease?: number
}

export const layer = (options: PartitionsOptions = {}): Layer.Layer<Partitions, never, RedisStore | Deployment> =>
  Layer.effect(
    Partitions,
    Effect.gen(function* () {
      const store = yield* RedisStore
      const deployment = yield* Deployment
      const lease = options.lease ?? leaseMillis
      const keys = (partition: number) => {
        const { of } = keysOf(store.prefix, partition)
        return [of("stamp"), of("lease")]
      }
      const first = keysOf(store.prefix, 0)
      const replicas = [first.of("stamp"), first.of("replicas")]
      return Partitions.of({
        count: deployment.partitions,
        announce: (replica) =>
          store.run(announceReplicaScript, replicas, [deployment.id, replica, lease]).pipe(
            Effect.flatMap(asList(announceReplicaScript.name)),
            Effect.flatMap(([live, older]) =>
              typeof live === "number" && typeof older === "number"
                ? Effect.succeed({ live, older })
                : Effect.fail(unexpectedReply(announceReplicaScript.name))
            )
          ),
        retire: (replica) => Effect.asVoid(store.run(retireReplicaScript, replicas, [deployment.id, replica])),
        acquire: (partition, replica) =>
          store.run(acquireLeaseScript, keys(partition), [deployment.id, replica, lease]).pipe(
            Effect.flatMap(asInteger(acquireLeaseScript.name)),
            Effect.map((epoch) => (epoch === 0 ? undefined : epoch))
          ),
        renew: (partition, replica, epoch) =>
          store.run(renewLeaseScript, keys(partition), [deployment.id, epoch, replica, lease]).pipe(
            Effect.flatMap(asInteger(renewLeaseScript.name)),
            Effect.map((held) => held === 1)
          ),
        release: (partition, replica, epoch) =>
          Effect.asVoid(store.run(releaseLeaseScript, keys(partition), [deployment.id, epoch, replica]))
      })
    })
  )
