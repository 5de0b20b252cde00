import * as Effect from "effect/Effect"
import type { ReplicaFacts, ServerFacts } from "../../../src/boot/store-look.ts"
import type { RedisStore } from "../client.ts"
import { factsFrom } from "./facts.ts"

/** Replicas at once. The limits of each connection end the wait for one that does not reply. */
const concurrency = 8

/** Reads the facts of every replica that these primaries name, each over a temporary connection. */
export const replicasOf = (
  store: RedisStore["Service"],
  primaries: ReadonlyArray<ServerFacts>
): Effect.Effect<ReadonlyArray<ReplicaFacts>> =>
  Effect.forEach(
    primaries.flatMap(({ name: of, followers = [] }) => followers.map((name) => ({ name, of }))),
    ({ name, of }) =>
      Effect.scoped(Effect.flatMap(store.reach(name), factsFrom(store))).pipe(
        Effect.map((facts): ReplicaFacts => ({ name, of, facts })),
        Effect.orElseSucceed((): ReplicaFacts => ({ name, of }))
      ),
    { concurrency }
  )
