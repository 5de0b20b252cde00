import { randomUUID } from "node:crypto"
import { afterAll, beforeAll } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { layer } from "../../../layers/redis/client.ts"
import { type RedisCluster, startRedisCluster } from "../../support/redis-cluster.ts"
import { redisContracts } from "./contracts.ts"

let cluster: RedisCluster | undefined
beforeAll(async () => {
  cluster = await startRedisCluster()
})
afterAll(() => cluster?.dispose())

/** A prefix that nobody else has; two partitions are on two different primaries. */
redisContracts("a cluster", () =>
  Layer.unwrap(Effect.sync(() => layer({ cluster: cluster?.urls ?? [], prefix: `test-${randomUUID()}` })))
)
