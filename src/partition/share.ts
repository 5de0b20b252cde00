import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import { leaseMillis, Partitions, type ReplicaStanding } from "./partitions.ts"

/**
 * Returns the number of partitions for a replica: `count / live`, rounded up for the oldest and down for the youngest.
 * All shares together are exactly `count`, and no replica is idle while there is a partition for each. A new replica
 * only lowers shares.
 */
export const fairShare = (count: number, { live, older }: ReplicaStanding): number =>
  Math.max(0, Math.ceil((count - older) / live))

/**
 * Announces this replica on each run and returns its share. Keeps the last share while the store does not answer.
 * Before the first answer, and after a lease without one, returns the partition count: the other replicas are unknown,
 * so any free partition may be acquired.
 */
export const shareOf = (replica: string): Effect.Effect<number, never, Partitions> => {
  let known: { readonly share: number; readonly heard: number } | undefined
  return Effect.gen(function* () {
    const { announce, count } = yield* Partitions
    const standing = yield* announce(replica).pipe(
      Effect.timeout(leaseMillis / 4),
      Effect.catch(() => Effect.undefined)
    )
    const now = yield* Clock.currentTimeMillis
    if (standing !== undefined) known = { share: fairShare(count, standing), heard: now }
    return known === undefined || now - known.heard > leaseMillis ? count : known.share
  })
}
