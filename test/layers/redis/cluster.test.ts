import { randomUUID } from "node:crypto"
import { afterAll, beforeAll, describe } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { layer as connect, RedisStore } from "../../../layers/redis/client.ts"
import * as Deployment from "../../../layers/redis/deployment.ts"
import * as Ledger from "../../../layers/redis/intent-ledger.ts"
import { keysOf } from "../../../layers/redis/keys.ts"
import { asTexts } from "../../../layers/redis/reply.ts"
import { layer as store } from "../../../layers/redis/store.ts"
import { intentLedgerContract } from "../../contracts/intent-ledger.ts"
import { testSealer } from "../../contracts/intent-ledger/sealer.ts"
import { partitionsContract } from "../../contracts/partitions.ts"
import { type RedisCluster, startRedisCluster } from "../../support/redis-cluster.ts"

let cluster: RedisCluster | undefined
beforeAll(async () => {
  cluster = await startRedisCluster()
})
afterAll(() => cluster?.dispose())

/** A prefix that nobody else has; two partitions are on two different primaries. */
const fresh = () =>
  Layer.unwrap(Effect.sync(() => connect({ cluster: cluster?.urls ?? [], prefix: `test-${randomUUID()}` })))

const inBoth = (key: "counters" | "lease", field: string, by: number) =>
  Effect.gen(function* () {
    const { command, prefix } = yield* RedisStore
    for (const partition of [0, 1]) yield* command("HINCRBY", keysOf(prefix, partition).of(key), field, by)
  })

const passPresence = (millis: number) =>
  Effect.gen(function* () {
    const { command, prefix } = yield* RedisStore
    const key = keysOf(prefix, 0).of("replicas")
    const fields = yield* Effect.flatMap(command("HGETALL", key), asTexts("HGETALL"))
    for (let at = 0; at + 1 < fields.length; at += 2) {
      const [since, until] = (fields[at + 1] ?? "").split(" ").map(Number)
      yield* command("HSET", key, fields[at] ?? "", `${(since ?? 0) - millis} ${(until ?? 0) - millis}`)
    }
  })

const storeTime = Effect.gen(function* () {
  const { command } = yield* RedisStore
  const [seconds, micros] = yield* Effect.flatMap(command("TIME"), asTexts("TIME"))
  return Number(seconds) * 1000 + Number(micros) / 1000
})

const elapse = Effect.fnUntraced(function* (millis: number) {
  const until = (yield* storeTime) + millis
  while ((yield* storeTime) < until) yield* Effect.yieldNow
})

partitionsContract("a cluster", {
  layer: (retention = {}) =>
    store({ environment: "local", partitions: 2, retention }).pipe(Layer.provideMerge(fresh())),
  passGenerations: (count) => inBoth("counters", "generation", count),
  passLease: (millis) => inBoth("lease", "until", -millis),
  passPresence
})

describe("the intent ledger in a cluster", () => {
  intentLedgerContract({
    layer: (retention) =>
      Ledger.layer(retention).pipe(
        Layer.provideMerge(Deployment.layer({ environment: "local" })),
        Layer.provideMerge(fresh()),
        Layer.provideMerge(testSealer)
      ),
    elapse
  })
})
