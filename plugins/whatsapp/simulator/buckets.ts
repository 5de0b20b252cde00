import type * as Effect from "effect/Effect"
import * as HashMap from "effect/HashMap"
import * as Option from "effect/Option"
import * as Ref from "effect/Ref"

/** Token bucket: one token for each `every` milliseconds, at most `burst` of them. A full bucket needs no entry. */
export interface Bucket {
  readonly every: number
  readonly burst: number
}

/** Time at which each bucket is full again, by its key. */
export type Buckets = Ref.Ref<HashMap.HashMap<string, number>>

export const makeBuckets: Effect.Effect<Buckets> = Ref.make(HashMap.empty())

/** Takes a token. Returns false when there is none. */
export const take = (buckets: Buckets, key: string, { every, burst }: Bucket, now: number): Effect.Effect<boolean> =>
  Ref.modify(buckets, (all): [boolean, HashMap.HashMap<string, number>] => {
    const full = Math.max(
      now,
      Option.getOrElse(HashMap.get(all, key), () => now)
    )
    const after = full + every
    return after - now > burst * every ? [false, all] : [true, HashMap.set(all, key, after)]
  })
