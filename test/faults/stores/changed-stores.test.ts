import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { askRedis, askUntil, infoSays, replicasFollow } from "../../support/ask-redis.ts"
import type { Client } from "../../support/client.ts"
import { becomes } from "../../support/test-bed.ts"
import { redisCluster } from "../../support/redis-cluster.ts"
import { redisSentinel } from "../../support/redis-sentinel.ts"
import { redisServer } from "../../support/redis-server.ts"
import { bundled } from "../crash/bundled.ts"
import { type Setup, setupAt, setupOn, type Wish, wish } from "../crash/setup.ts"
import { durableRedis } from "../support/scene.ts"

const wishes = (name: string, count = 12): ReadonlyArray<Wish> =>
  Array.from({ length: count }, (_, n) => ({ key: `${name}-${n}`, level: "unprotected", script: ["answer"] }))

const sendAll = (gateway: Client, all: ReadonlyArray<Wish>) =>
  Effect.forEach(all, (one) => becomes(wish(gateway, one), ({ status }) => status === 200), {
    concurrency: 4,
    discard: true
  })

/** Waits until readiness names this check. */
const red = (gateway: Client, name: string) =>
  becomes(gateway.get("/readyz"), ({ status, text }) => status === 503 && failedIn(text).includes(name))

const green = (gateway: Client) => becomes(gateway.get("/readyz"), ({ status }) => status === 200)

const failedIn = (text: string): ReadonlyArray<string> => {
  const report: { readonly checks?: ReadonlyArray<{ readonly name: string; readonly state: string }> } =
    JSON.parse(text)
  return (report.checks ?? []).flatMap(({ name, state }) => (state === "failed" ? [name] : []))
}

/** Asks for everything again, and for something new: all is refused with this code, or told as it was; nothing is performed. */
const refusesAll = Effect.fnUntraced(function* (
  setup: Setup,
  gateway: Client,
  sent: ReadonlyArray<Wish>,
  code: string
) {
  const before = setup.provider.requests.all.length
  for (const one of [...sent, ...wishes(`new-${code}`, 2)]) {
    const answer = yield* wish(gateway, one)
    if (answer.status !== 200) assert.deepStrictEqual([answer.status, answer.at("code")], [503, code])
  }
  assert.lengthOf(setup.provider.requests.all, before)
})

layer(bundled, { excludeTestServices: true, timeout: "2 minutes" })("I1 G45 G47 a store that changes", (it) => {
  it.effect("G1 a store with one replica more than declared stops new work until that has gone", () =>
    Effect.gen(function* () {
      const { name, nodes, primary } = yield* redisSentinel
      const setup = yield* setupOn(`sentinel: { name: ${name}, nodes: ${JSON.stringify(nodes)} }, replicas: 2`)
      const gateway = yield* setup.start
      const sent = wishes("before")
      yield* sendAll(gateway, sent)
      const another = yield* redisServer(["--replicaof", `127.0.0.1 ${primary.port}`])
      yield* red(gateway, "store.replicas")
      yield* refusesAll(setup, gateway, sent, "store_not_as_declared")
      yield* Effect.promise(() => another.stop("SIGKILL"))
      yield* green(gateway)
      yield* sendAll(gateway, wishes("after", 2))
    })
  )

  it.effect("G47 a store that promotes a lagging replica causes no second call", () =>
    Effect.gen(function* () {
      const sentinel = yield* redisSentinel
      const { name, nodes, primary, replicas } = sentinel
      const lagging = yield* redisServer([
        "--replicaof",
        `127.0.0.1 ${primary.port}`,
        "--repl-ping-replica-period",
        "1"
      ])
      yield* Effect.promise(() => replicasFollow(primary.port, 3))
      yield* Effect.promise(() =>
        askUntil("every Sentinel knows it", async () => {
          const known = await Promise.all(
            nodes.map((node) => askRedis(Number(node.split(":")[1]), ["SENTINEL", "REPLICAS", name]))
          )
          return known.every(([all]) => Array.isArray(all) && all.length === 3)
        })
      )
      const setup = yield* setupOn(`sentinel: { name: ${name}, nodes: ${JSON.stringify(nodes)} }, replicas: 2`)
      const gateway = yield* setup.start
      yield* red(gateway, "store.replicas")
      lagging.freeze()
      yield* Effect.promise(async () => {
        await askRedis(primary.port, ["CONFIG", "SET", "repl-timeout", 5])
        await infoSays(primary.port, /connected_slaves:2/)
      })
      yield* green(gateway)
      const sent = wishes("lost")
      yield* sendAll(gateway, sent)
      const performed = setup.provider.requests.all.length
      yield* Effect.promise(async () => {
        for (const replica of replicas) replica.freeze()
        await primary.stop("SIGKILL")
        lagging.thaw()
        await askUntil(
          "the one that lags is primary",
          async () => (await sentinel.primaryPort()) === lagging.port,
          3_000
        )
        for (const replica of replicas) replica.thaw()
        await replicasFollow(lagging.port, 2)
      })
      yield* becomes(gateway.get("/readyz"), ({ status, text }) => {
        if (status !== 503) return false
        const failed = failedIn(text)
        return failed.includes("store.epoch") && !failed.includes("store.replicas")
      })
      yield* refusesAll(setup, gateway, sent, "store_went_back")
      const started = yield* setup.start
      yield* refusesAll(setup, started, sent, "store_went_back")
      assert.lengthOf(setup.provider.requests.all, performed)
    })
  )

  it.effect("G47 a store restarted from an old file causes no second call, also of a new process", () =>
    Effect.gen(function* () {
      const redis = yield* durableRedis
      const setup = yield* setupAt(redis.url)
      const gateway = yield* setup.start
      const kept = wishes("kept", 4)
      yield* sendAll(gateway, kept)
      yield* Effect.promise(() => askRedis(redis.port, ["CONFIG", "SET", "appendonly", "no"]))
      const lost = wishes("lost")
      yield* sendAll(gateway, lost)
      yield* Effect.promise(redis.restart)
      yield* red(gateway, "store.epoch")
      yield* refusesAll(setup, gateway, [...kept, ...lost], "store_went_back")
      const started = yield* setup.start
      yield* refusesAll(setup, started, [...kept, ...lost], "store_went_back")
      assert.lengthOf(setup.provider.requests.all, kept.length + lost.length)
    })
  )

  it.effect("a cluster that loses a shard is reported, and recovers once the shard is back", () =>
    Effect.gen(function* () {
      const cluster = yield* redisCluster()
      const [, gone] = cluster.primaries
      const setup = yield* setupOn(`cluster: { nodes: ${JSON.stringify(cluster.urls)} }`)
      const gateway = yield* setup.start
      yield* sendAll(gateway, wishes("before", 2))
      gone?.freeze()
      const answer = yield* red(gateway, "store.reachable")
      assert.include(answer.text, `127.0.0.1:${gone?.port}`)
      gone?.thaw()
      yield* green(gateway)
      yield* sendAll(gateway, wishes("after", 2))
    })
  )
})
