import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { askRedis, askUntil } from "../../support/ask-redis.ts"
import { becomes } from "../../support/test-bed.ts"
import { type RedisCluster, redisCluster } from "../../support/redis-cluster.ts"
import { redisSentinel } from "../../support/redis-sentinel.ts"
import { bundled } from "../crash/bundled.ts"
import { setupOn, type Wish, wish } from "../crash/setup.ts"
import { judge } from "../crash/verdict.ts"
import { failOver } from "../support/fail-over.ts"
import { sendThrough } from "./send-through.ts"

const sentinels = Effect.gen(function* () {
  const sentinel = yield* redisSentinel
  const { name, nodes, primary } = sentinel
  const setup = yield* setupOn(`sentinel: { name: ${name}, nodes: ${JSON.stringify(nodes)} }, replicas: 2`)
  const isAnother = async () => ![undefined, primary.port].includes(await sentinel.primaryPort())
  return { ...sentinel, setup, isAnother }
})

const clustered = Effect.gen(function* () {
  const cluster = yield* redisCluster(1)
  const setup = yield* setupOn(`cluster: { nodes: ${JSON.stringify(cluster.urls)} }, replicas: 1`)
  return { cluster, setup }
})

/** Carries a slot with all that is in it from its primary to the next, while it is in use. */
const carry = async ({ primaries }: RedisCluster, tag: string) => {
  const [known] = await askRedis(primaries[0]?.port ?? 0, ["CLUSTER", "KEYSLOT", tag])
  const slot = Number(known)
  const at = slot <= 5_460 ? 0 : slot <= 10_922 ? 1 : 2
  const [from, to] = [primaries[at], primaries[(at + 1) % 3]]
  if (from === undefined || to === undefined) throw new Error("three primaries")
  await askRedis(to.port, ["CLUSTER", "SETSLOT", slot, "IMPORTING", from.id])
  await askRedis(from.port, ["CLUSTER", "SETSLOT", slot, "MIGRATING", to.id])
  await askUntil(`slot ${slot} is empty`, async () => {
    const [keys] = await askRedis(from.port, ["CLUSTER", "GETKEYSINSLOT", slot, 100])
    const names: ReadonlyArray<string> = Array.isArray(keys) ? keys.map(String) : []
    for (const key of names) await askRedis(from.port, ["MIGRATE", "127.0.0.1", to.port, key, 0, 2_000])
    return names.length === 0
  })
  for (const { port } of [to, from, ...primaries]) await askRedis(port, ["CLUSTER", "SETSLOT", slot, "NODE", to.id])
}

const one: Wish = { key: "one", level: "verified", script: ["answer"] }

layer(bundled, { excludeTestServices: true, timeout: "1 minute" })("I1 I2 G1 what is sent while its store", (it) => {
  it.effect("an intent has at most one effect while Sentinel fails over under load", () =>
    Effect.gen(function* () {
      const { primary, replicas, setup, isAnother } = yield* sentinels
      yield* sendThrough(setup, failOver(primary, replicas, isAnother), 240)
      assert.isTrue(yield* Effect.promise(isAnother))
    })
  )

  it.effect("an intent whose primary is lost between claim and call is not sent again through the new primary", () =>
    Effect.gen(function* () {
      const { primary, setup, isAnother } = yield* sentinels
      const [victim, other] = yield* Effect.all([setup.start, setup.start], { concurrency: 2 })
      yield* victim.arm("IntentLedger.claim after", { how: "hold" })
      const sending = yield* Effect.forkScoped(wish(victim, one))
      yield* victim.reached("IntentLedger.claim after")
      yield* Effect.promise(async () => {
        await primary.stop("SIGKILL")
        await askUntil("another is primary", isAnother)
        await primary.restart()
      })
      const meanwhile = yield* becomes(wish(other, one), ({ status }) => status !== 503)
      assert.include([409, 504], meanwhile.status)
      yield* victim.letGo("IntentLedger.claim after")
      const response = yield* Fiber.join(sending)
      assert.include([200, 503, 504], response.status)
      const end = yield* judge(other, setup, one)
      assert.deepStrictEqual(end.wrong, [])
      assert.strictEqual(end.state, "sent")
      assert.strictEqual(end.effects, 1)
    })
  )

  it.effect("an intent whose primary has no replica in sync is rejected before its call and released", () =>
    Effect.gen(function* () {
      const { replicas, setup } = yield* sentinels
      const gateway = yield* setup.start
      assert.strictEqual((yield* wish(gateway, { ...one, key: "before" })).status, 200)
      for (const replica of replicas) replica.freeze()
      const refused = yield* wish(gateway, one)
      assert.strictEqual(refused.status, 503)
      assert.strictEqual(refused.at("failure", "certainty"), "not_applied")
      assert.strictEqual(refused.at("safeNewKey"), false)
      assert.strictEqual((yield* wish(gateway, { ...one, key: "before" })).status, 503)
      assert.lengthOf(setup.provider.requests.all, 1)
      for (const replica of replicas) replica.thaw()
      const end = yield* judge(gateway, setup, one)
      assert.deepStrictEqual(end.wrong, [])
      assert.strictEqual(end.state, "sent")
      assert.strictEqual(end.effects, 1)
    })
  )

  it.effect("an intent has at most one effect while a cluster fails over under load", () =>
    Effect.gen(function* () {
      const { cluster, setup } = yield* clustered
      const [primary, witness] = cluster.primaries
      if (primary === undefined || witness === undefined) return assert.fail("no cluster")
      const isAnother = async () => (await cluster.ownerOf(0, witness)) !== primary.port
      yield* sendThrough(setup, failOver(primary, cluster.replicas[0] ?? [], isAnother), 240)
    })
  )

  it.effect("G5 an intent has at most one effect while the slots of its partitions move", () =>
    Effect.gen(function* () {
      const { cluster, setup } = yield* clustered
      const tags = Array.from({ length: 16 }, (_, partition) => `p${partition}`)
      yield* sendThrough(
        setup,
        Effect.forEach(tags, (tag) => Effect.promise(() => carry(cluster, tag)), { discard: true }),
        240
      )
    })
  )
})
