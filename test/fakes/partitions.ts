import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { Partitions } from "../../src/partition/partitions.ts"
import { type Faults, faults } from "./faults.ts"
import { journal } from "./journal.ts"

interface Held {
  readonly partition: number
  readonly replica: string
  readonly epoch: number
}

interface Operations {
  readonly announce: { readonly replica: string }
  readonly retire: { readonly replica: string }
  readonly acquire: { readonly partition: number; readonly replica: string }
  readonly renew: Held
  readonly release: Held
}

/** Records the calls to the partitions and scripts the failures of the next ones. */
export class PartitionsFaults extends Context.Service<PartitionsFaults, Faults<Operations>>()(
  "comporta/test/PartitionsFaults"
) {}

/** Wraps partitions: records each call and fails as the test scripts. */
export const faultyPartitions = <E, R>(
  inner: Layer.Layer<Partitions, E, R>
): Layer.Layer<Partitions | PartitionsFaults, E, R> =>
  Layer.effectContext(
    Effect.gen(function* () {
      const partitions = yield* Partitions
      const { controls, through } = faults<Operations>({
        announce: journal(),
        retire: journal(),
        acquire: journal(),
        renew: journal(),
        release: journal()
      })
      return Context.make(PartitionsFaults, controls).pipe(
        Context.add(Partitions, {
          count: partitions.count,
          announce: (replica) => through("announce", { replica }, partitions.announce(replica)),
          retire: (replica) => through("retire", { replica }, partitions.retire(replica)),
          acquire: (partition, replica) =>
            through("acquire", { partition, replica }, partitions.acquire(partition, replica)),
          renew: (partition, replica, epoch) =>
            through("renew", { partition, replica, epoch }, partitions.renew(partition, replica, epoch)),
          release: (partition, replica, epoch) =>
            through("release", { partition, replica, epoch }, partitions.release(partition, replica, epoch))
        })
      )
    })
  ).pipe(Layer.provide(inner))
