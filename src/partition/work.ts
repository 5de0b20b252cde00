import * as Clock from "effect/Clock"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Random from "effect/Random"
import type { Log } from "../log/log.ts"
import { hold, type Worker } from "./hold.ts"
import { leaseMillis, Partitions, type ReplicaRank } from "./partitions.ts"

export type { Worker } from "./hold.ts"

/**
 * Returns the number of partitions for a replica: `count / live`, rounded up for the oldest and down for the youngest.
 * All shares together are exactly `count`, and no replica is idle while there is a partition for each. A new replica
 * only lowers shares.
 */
export const fairShare = (count: number, { live, older }: ReplicaRank): number =>
  Math.max(0, Math.ceil((count - older) / live))

/**
 * Announces this replica on each run and returns its share. Keeps the last share while the store does not answer.
 * Before the first answer, and after a lease without one, returns the partition count: the other replicas are unknown,
 * so any free partition may be acquired.
 */
const shareOf = (replica: string): Effect.Effect<number, never, Partitions> => {
  let known: { readonly share: number; readonly heard: number } | undefined
  return Effect.gen(function* () {
    const { announce, count } = yield* Partitions
    const rank = yield* announce(replica).pipe(
      Effect.timeout(leaseMillis / 4),
      Effect.catch(() => Effect.undefined)
    )
    const now = yield* Clock.currentTimeMillis
    if (rank !== undefined) known = { share: fairShare(count, rank), heard: now }
    return known === undefined || now - known.heard > leaseMillis ? count : known.share
  })
}

interface Holding {
  readonly leave: Deferred.Deferred<void>
  readonly fiber: Fiber.Fiber<void>
}

/** Milliseconds between two rounds, a quarter more or less, so that replicas do not run in step. */
const roundMillis = 500
/** Time limit to acquire a partition. Without an answer, the next round tries again. */
const acquireLimit = "2 seconds"

/**
 * Works a fair share of the partitions (G30). Acquires free ones while it has fewer, and hands them over one at a time
 * while it has more. Never ends; interruption stops every worker and releases every partition at once.
 */
export const workPartitions = <R>(
  replica: string,
  worker: Worker<R>
): Effect.Effect<void, never, R | Partitions | Log> =>
  Effect.suspend(() => {
    const held = new Map<number, Holding>()

    const take = Effect.fnUntraced(function* (partition: number) {
      const { acquire } = yield* Partitions
      const epoch = yield* acquire(partition, replica).pipe(Effect.timeout(acquireLimit))
      if (epoch === undefined) return false
      const leave = Deferred.makeUnsafe<void>()
      const forget = Effect.sync(() => held.delete(partition))
      const fiber = yield* hold(replica, { partition, epoch }, worker, leave).pipe(
        Effect.ensuring(forget),
        Effect.forkDetach
      )
      held.set(partition, { leave, fiber })
      return true
    }, Effect.uninterruptible)

    const takeFree = Effect.fnUntraced(
      function* (wanted: number) {
        const { count } = yield* Partitions
        const others = Array.from({ length: count }, (_, partition) => partition).filter((one) => !held.has(one))
        const asked = yield* Random.shuffle(others)
        let missing = wanted
        while (missing > 0 && asked.length > 0) {
          const taken = yield* Effect.forEach(asked.splice(0, missing), take, { concurrency: "unbounded" })
          missing -= taken.filter((one) => one).length
        }
      },
      (taking) => Effect.ignore(taking)
    )

    const handOver = Effect.gen(function* () {
      const holdings = Array.from(held.values())
      if (holdings.some(({ leave }) => Deferred.isDoneUnsafe(leave))) return
      const [one] = yield* Random.shuffle(holdings)
      if (one !== undefined) yield* Deferred.succeed(one.leave, undefined)
    })

    const drain = Effect.gen(function* () {
      const { retire } = yield* Partitions
      const holdings = Array.from(held.values())
      yield* Effect.forEach(holdings, ({ leave }) => Deferred.succeed(leave, undefined), { discard: true })
      const retired = retire(replica).pipe(Effect.timeoutOption("500 millis"), Effect.ignore)
      yield* Effect.all([retired, Fiber.awaitAll(holdings.map(({ fiber }) => fiber))], { concurrency: "unbounded" })
    })

    const share = shareOf(replica)
    const round = Effect.gen(function* () {
      const missing = (yield* share) - held.size
      if (missing < 0) yield* handOver
      if (missing > 0) yield* takeFree(missing)
      const jitter = yield* Random.next
      yield* Effect.sleep(roundMillis * (0.75 + jitter / 2))
    })
    return Effect.ensuring(Effect.forever(round), drain)
  })
