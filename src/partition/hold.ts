import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Schedule from "effect/Schedule"
import { Log } from "../log/log.ts"
import { unforeseenCause } from "../log/failure-fields.ts"
import { leaseMillis, Partitions } from "./partitions.ts"

export interface Owner {
  readonly partition: number
  readonly epoch: number
}

/**
 * Works a partition while a replica owns it; interrupted when the partition is lost. When it ends by itself, the partition
 * is released, and a replica acquires it and starts again.
 */
export type Worker<R> = (owner: Owner) => Effect.Effect<void, never, R>

/**
 * Time limit for a worker to stop. After it, the gateway waits no longer: the store rejects its later writes by their
 * epoch (G30).
 */
const stopLimit = "2 seconds"

const renewEvery = leaseMillis / 4

/**
 * Works one partition until `leave` completes, the lease is lost or the worker ends. Releases the lease once the worker
 * has stopped, so that the next owner begins where it ended.
 */
export const hold = Effect.fnUntraced(function* <R>(
  replica: string,
  owner: Owner,
  worker: Worker<R>,
  leave: Deferred.Deferred<void>
): Effect.fn.Return<void, never, R | Partitions | Log> {
  const partitions = yield* Partitions
  const log = yield* Log
  const { partition, epoch } = owner
  log.write("debug", "partition.taken", { partition })
  const working = yield* Effect.forkDetach(worker(owner))
  const ended = yield* Effect.raceAllFirst([
    Effect.as(Deferred.await(leave), "left" as const),
    Effect.as(keepLease(replica, owner), "lost" as const),
    Fiber.await(working)
  ])
  yield* Effect.timeoutOption(Fiber.interrupt(working), stopLimit)
  yield* partitions.release(partition, replica, epoch).pipe(Effect.timeoutOption("500 millis"), Effect.ignore)
  if (ended === "left") return log.write("debug", "partition.released", { partition })
  if (ended !== "lost" && Exit.isFailure(ended)) {
    log.write("error", "internal", { partition, ...unforeseenCause(ended.cause) })
  }
  log.write("warn", "partition.lost", { partition })
})

/**
 * Renews the lease. Ends when the lease is lost, or was not renewed for so long that another replica may soon have it.
 */
const keepLease = (replica: string, { partition, epoch }: Owner) =>
  Effect.gen(function* () {
    const partitions = yield* Partitions
    const renew = partitions
      .renew(partition, replica, epoch)
      .pipe(
        Effect.timeout(renewEvery),
        Effect.retry(Schedule.spaced("250 millis")),
        Effect.timeoutOrElse({ duration: 2 * renewEvery, orElse: () => Effect.succeed(false) }),
        Effect.orDie
      )
    do yield* Effect.sleep(renewEvery)
    while (yield* renew)
  })
