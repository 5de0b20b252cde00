import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import { Log } from "../log/log.ts"
import { leaseMillis, Partitions } from "./partitions.ts"

/** What a replica does with a partition while it owns it. Never ends by itself; interrupted when the partition is lost. */
export type Worker<R> = (owner: {
  readonly partition: number
  readonly epoch: number
}) => Effect.Effect<never, never, R>

/** Works every partition that this replica can have, each in turn of its lease; never ends. */
export const workPartitions = <R>(
  replica: string,
  worker: Worker<R>
): Effect.Effect<void, never, R | Partitions | Log> =>
  Effect.flatMap(Partitions, ({ count }) =>
    Effect.forEach(
      Array.from({ length: count }, (_, partition) => partition),
      (partition) => Effect.forever(workOnce(replica, partition, worker)),
      { concurrency: "unbounded", discard: true }
    )
  )

const workOnce = <R>(replica: string, partition: number, worker: Worker<R>) =>
  Effect.gen(function* () {
    const partitions = yield* Partitions
    const log = yield* Log
    const epoch = yield* partitions.acquire(partition, replica).pipe(Effect.catch(() => Effect.undefined))
    if (epoch === undefined) return yield* Effect.sleep(leaseMillis / 4)
    log.write("debug", "partition.taken", { partition })
    yield* Effect.raceFirst(worker({ partition, epoch }), keepLease(replica, partition, epoch)).pipe(
      Effect.onInterrupt(() =>
        partitions.release(partition, replica, epoch).pipe(Effect.timeoutOption("500 millis"), Effect.ignore)
      )
    )
    log.write("warn", "partition.lost", { partition })
  })

/** Ends when the lease is lost, or has not been renewed for so long that another may soon have it. */
const keepLease = (replica: string, partition: number, epoch: number) =>
  Effect.gen(function* () {
    const partitions = yield* Partitions
    let renewed = yield* Clock.currentTimeMillis
    while ((yield* Clock.currentTimeMillis) - renewed < leaseMillis - renewEvery) {
      yield* Effect.sleep(renewEvery)
      const asked = yield* Clock.currentTimeMillis
      const kept = yield* partitions.renew(partition, replica, epoch).pipe(
        Effect.timeout(renewEvery),
        Effect.catch(() => Effect.undefined)
      )
      if (kept === false) return
      if (kept === true) renewed = asked
    }
  })

const renewEvery = leaseMillis / 4
