import * as Effect from "effect/Effect"
import { secrets } from "../../support/client.ts"
import { installation } from "../../support/program.ts"
import { provider } from "../../support/provider.ts"
import { receiver } from "../../support/receiver.ts"
import { redisServer } from "../../support/redis-server.ts"
import { replica } from "./replica.ts"

/** A store that loses nothing that it has acknowledged when it is killed. */
export const durableRedis = redisServer(["--appendonly", "yes", "--appendfsync", "always"])

/** Replicas of one deployment over the store at this address, and the provider and the runtime that they stand between. */
export const sceneAt = (redisUrl: string) =>
  Effect.gen(function* () {
    const graph = yield* provider()
    const runtime = yield* receiver(secrets["runtime/signing"])
    const installed = yield* installation({ redisUrl, provider: graph.url, runtime: runtime.url })
    return { graph, runtime, installed, replica: replica(installed) }
  })

/** The same over a durable store of its own. */
export const scene = Effect.gen(function* () {
  const redis = yield* durableRedis
  return { redis, at: { url: redis.url }, ...(yield* sceneAt(redis.url)) }
})
