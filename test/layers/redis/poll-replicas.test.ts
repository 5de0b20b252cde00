import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { layer as connect, RedisStore } from "../../../layers/redis/client.ts"
import { factsFrom } from "../../../layers/redis/store-admin/facts.ts"
import { makeReplicas } from "../../../layers/redis/watch/poll-replicas.ts"
import { redisServer } from "../../support/redis-server.ts"

describe("G45 facts of replicas", () => {
  it.live("the facts of a replica stay while its primary is silent, and go once that names it no more", () =>
    Effect.gen(function* () {
      const primary = yield* redisServer()
      const replica = yield* redisServer(["--maxmemory-policy", "allkeys-lru"])
      yield* Effect.gen(function* () {
        const store = yield* RedisStore
        const all = yield* Effect.forEach(store.primaries(), factsFrom(store))
        const servers = all.map((facts) => ({ ...facts, followers: [`127.0.0.1:${replica.port}`] }))
        const replicas = makeReplicas(store)
        const policies = () => replicas.of(servers).map(({ facts }) => facts?.eviction)
        yield* replicas.poll(servers)
        assert.deepStrictEqual(policies(), ["allkeys-lru"])
        yield* replicas.poll([])
        assert.deepStrictEqual(policies(), ["allkeys-lru"])
        yield* replicas.poll(all)
        assert.deepStrictEqual(policies(), [])
      }).pipe(Effect.provide(connect({ url: primary.url })))
    })
  )
})
