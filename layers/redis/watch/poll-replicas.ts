import * as Effect from "effect/Effect"
import type { ReplicaFacts, ServerFacts } from "../../../src/boot/store-facts.ts"
import type { RedisStore } from "../client.ts"
import { replicasOf } from "../store-admin/facts.ts"

/** Number of missing replies in a row after which a replica counts as unreachable. */
const patience = 3

/** Keeps the last facts of every replica, even while its primary does not list its replicas. */
export const makeReplicas = (store: RedisStore["Service"]) => {
  const answers = new Map<string, ReplicaFacts>()
  const missed = new Map<string, number>()
  const keyOf = ({ name, of }: Pick<ReplicaFacts, "name" | "of">) => `${of} ${name}`
  const listed = (servers: ReadonlyArray<ServerFacts>) =>
    servers.flatMap(({ name: of, followers = [] }) => followers.map((name) => keyOf({ name, of })))

  return {
    /** Returns true when a primary names a replica that has not been read. */
    isNew: (servers: ReadonlyArray<ServerFacts>) =>
      listed(servers).some((key) => !answers.has(key) && !missed.has(key)),
    /** Returns true when a replica should be read again soon. */
    isWaiting: () => missed.size > 0,
    poll: (servers: ReadonlyArray<ServerFacts>) =>
      Effect.map(replicasOf(store, servers), (all) => {
        const now = new Set(all.map(keyOf))
        const unheard = store.primaries().filter(({ name }) => servers.every((server) => server.name !== name))
        const isUnheard = (key: string) => unheard.some(({ name }) => key.startsWith(`${name} `))
        for (const kept of [answers, missed]) {
          for (const key of kept.keys()) if (!now.has(key) && !isUnheard(key)) kept.delete(key)
        }
        for (const one of all) {
          const key = keyOf(one)
          if (one.facts !== undefined) {
            answers.set(key, one)
            missed.delete(key)
            continue
          }
          const times = (missed.get(key) ?? 0) + 1
          missed.set(key, times)
          if (times >= patience) answers.set(key, one)
        }
      }),
    /** Returns the facts of the replicas that these servers name. */
    of: (servers: ReadonlyArray<ServerFacts>): ReadonlyArray<ReplicaFacts> =>
      listed(servers).flatMap((key) => answers.get(key) ?? [])
  }
}
