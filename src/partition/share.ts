import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import { leaseMillis, Partitions, type Standing } from "./partitions.ts"

/**
 * Partitions that a replica works: `count / live`, rounded up for the oldest and down for the youngest, so that all shares
 * together are exactly `count` and nobody idles while there is one for each. A newcomer only lowers shares.
 */
export const fairShare = (count: number, { live, older }: Standing): number =>
  Math.max(0, Math.ceil((count - older) / live))

/**
 * Announces this replica each time it runs, and answers its share. The last share stands while the store does not answer;
 * before the first answer, and after a lease of silence, whatever is free may be taken: nobody knows who is there.
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
