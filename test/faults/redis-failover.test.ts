import { readFileSync, writeFileSync } from "node:fs"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import type { AnyOptions } from "../../layers/redis/client.ts"
import { becomes } from "../support/test-bed.ts"
import { redisCluster } from "../support/redis-cluster.ts"
import { redisSentinel } from "../support/redis-sentinel.ts"
import { failOver } from "./support/fail-over.ts"
import { conserved, inOrder } from "./support/proof.ts"
import { sceneAt } from "./support/scene.ts"
import { numbers, talk } from "./support/talk.ts"

const persons = numbers(12)
const rounds = 12

/** Two replicas talk with twelve persons while `trouble` happens in the middle, and come out of it with everything. */
const survive = (store: string, at: AnyOptions, trouble: Effect.Effect<unknown>) =>
  Effect.gen(function* () {
    const { runtime, installed, replica } = yield* sceneAt("redis://127.0.0.1:9")
    const file = readFileSync(installed.file, "utf8")
    writeFileSync(installed.file, file.replace(/^store: .*$/m, `store: ${store}`))
    const [one, two] = [yield* replica, yield* replica]
    const talking = yield* Effect.forkScoped(talk(() => [one, two], persons, numbers(rounds)))
    yield* runtime.acknowledged((persons.length * rounds) / 4)
    yield* trouble
    yield* Fiber.join(talking)
    yield* becomes(one.get("/readyz"), ({ status }) => status === 200)
    yield* conserved(one, at, persons.length * rounds)
    inOrder(runtime, persons, rounds)
  })

describe("I2 I3 I8 failover of the store", () => {
  it.live("a cluster that loses a primary and regains it as a replica loses nothing that was acknowledged", () =>
    Effect.gen(function* () {
      const cluster = yield* redisCluster(1)
      const [primary, witness] = cluster.primaries
      if (primary === undefined || witness === undefined) return assert.fail("no cluster")
      const isAnother = async () => (await cluster.ownerOf(0, witness)) !== primary.port
      const failover = failOver(primary, cluster.replicas[0] ?? [], isAnother)
      const store = `{ cluster: { nodes: ${JSON.stringify(cluster.urls)} }, replicas: 1, durability: process }`
      yield* survive(store, { cluster: cluster.urls }, failover)
      assert.isTrue(yield* Effect.promise(isAnother))
    })
  )

  it.live("a Sentinel failover that later regains the old primary loses nothing that was acknowledged", () =>
    Effect.gen(function* () {
      const sentinel = yield* redisSentinel
      const { name, nodes, primary, replicas } = sentinel
      const isAnother = async () => ![undefined, primary.port].includes(await sentinel.primaryPort())
      const failover = failOver(primary, replicas, isAnother)
      const store = `{ sentinel: { name: ${name}, nodes: ${JSON.stringify(nodes)} }, replicas: 2, durability: process }`
      yield* survive(store, { sentinel: { name, nodes } }, failover)
      assert.isTrue(yield* Effect.promise(isAnother))
    })
  )
})
