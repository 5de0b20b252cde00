import { readFileSync, writeFileSync } from "node:fs"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { conserves } from "../support/client.ts"
import { askRedis } from "../support/ask-redis.ts"
import { becomes } from "../support/test-bed.ts"
import { installation } from "../support/program.ts"
import { redisCluster } from "../support/redis-cluster.ts"
import { redisSentinel } from "../support/redis-sentinel.ts"
import { messages, text } from "../support/webhook.ts"

const password = "sesame-of-the-servers"
const ofSentinels = "sesame-of-the-sentinels"

const installed = Effect.fnUntraced(function* (store: string) {
  const place = yield* installation({
    secrets: { "redis/password": password, "redis/sentinel": ofSentinels }
  })
  writeFileSync(place.file, readFileSync(place.file, "utf8").replace("store: memory", `store: ${store}`))
  return yield* place.start
})

const works = Effect.fnUntraced(function* (program: Effect.Success<ReturnType<typeof installed>>) {
  assert.strictEqual((yield* program.get("/readyz")).status, 200)
  const ids = Array.from({ length: 20 }, (_, n) => `wamid.${n}`)
  const bodies = ids.map((id) => messages(text(id)))
  for (const body of [...bodies, ...bodies]) assert.strictEqual((yield* program.deliver(body)).status, 200)
  // Of so many people that every partition gets some, in one turn.
  const people = Array.from({ length: 60 }, (_, n) => text(`wamid.of-${n}`, { from: `1555020${1_000 + n}` }))
  assert.strictEqual((yield* program.deliver(messages(...people))).status, 200)
  const counts = yield* program.counts
  assert.isTrue(conserves(counts))
  assert.deepStrictEqual([counts.admitted, counts.deduped], [80, 20])
})

describe("stores with failover", () => {
  it.live("the program works over Sentinel, with the passwords of both, and requires two replicas per write", () =>
    Effect.gen(function* () {
      const { name, nodes, primary } = yield* redisSentinel
      yield* Effect.promise(async () => {
        await askRedis(primary.port, ["CONFIG", "SET", "requirepass", password])
        for (const node of nodes) {
          await askRedis(Number(node.split(":")[1]), ["ACL", "SETUSER", "default", "resetpass", `>${ofSentinels}`])
        }
      })
      const program = yield* installed(
        `{ sentinel: { name: ${name}, nodes: ${JSON.stringify(nodes)}, password: redis/sentinel }, password: redis/password, replicas: 2 }`
      )
      yield* works(program)
      yield* Effect.promise(() => primary.stop("SIGKILL"))
      yield* becomes(program.get("/readyz"), ({ status }) => status === 503)
    })
  )

  it.live("the program works over a cluster with one replica for each primary", () =>
    Effect.gen(function* () {
      const { urls } = yield* redisCluster(1)
      const program = yield* installed(`{ cluster: { nodes: ${JSON.stringify(urls)} }, replicas: 1 }`)
      yield* works(program)
    })
  )
})
