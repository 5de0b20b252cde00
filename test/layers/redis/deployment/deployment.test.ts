import { assert, describe, it } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as TestClock from "effect/testing/TestClock"
import { RedisStore } from "../../../../layers/redis/client.ts"
import { initStore, layer, type DeploymentOptions } from "../../../../layers/redis/deployment/deployment.ts"
import { fenceStore, upgradeStore } from "../../../../layers/redis/deployment/change.ts"
import { deploymentIdOf } from "../../../../layers/redis/deployment/stamp.ts"
import { millisOf } from "../../../../layers/redis/store-clock.ts"
import { keysOf } from "../../../../layers/redis/keys.ts"
import { formatMark } from "../../../../layers/redis/scripting/lua.ts"
import { Deployment } from "../../../../src/deployment/deployment.ts"
import { freshStore } from "../../../support/fresh-store.ts"

const start = (options: DeploymentOptions) =>
  Effect.scoped(Effect.map(Layer.build(layer(options)), (context) => Context.get(context, Deployment)))

const storeTime = Effect.flatMap(RedisStore, (store) =>
  Effect.map(store.command("TIME"), (reply) => millisOf(reply) ?? 0)
)

describe("store stamp", () => {
  it.effect("G4 a local store stamps itself, and a restart finds the same id and pepper", () =>
    Effect.gen(function* () {
      const first = yield* start({ environment: "local" })
      assert.match(first.id, /^[0-9a-f]{32}$/)
      assert.strictEqual(Buffer.from(first.localPepper, "base64").length, 32)
      assert.strictEqual(first.partitions, 8)
      assert.deepStrictEqual(yield* start({ environment: "local" }), first)
    }).pipe(Effect.provide(freshStore()))
  )

  it.effect("G4 a stamped partition count overrides the configured one", () =>
    Effect.gen(function* () {
      yield* start({ environment: "local", partitions: 3 })
      assert.strictEqual((yield* start({ environment: "local", partitions: 5 })).partitions, 3)
    }).pipe(Effect.provide(freshStore()))
  )

  it.effect("G4 an impossible partition count is rejected, and stamps nothing", () =>
    Effect.gen(function* () {
      for (const partitions of [0, -1, 1_025, 5_000, 1.5]) {
        const refused = yield* Effect.flip(initStore({ environment: "production", partitions }))
        assert.strictEqual(refused._tag, "StampRefused")
      }
      assert.strictEqual((yield* initStore({ environment: "production", partitions: 1_024 })).partitions, 1_024)
    }).pipe(Effect.provide(freshStore()))
  )

  it.effect("G4 concurrent first starts agree on one stamp", () =>
    Effect.gen(function* () {
      const starts = Array.from({ length: 20 }, () => start({ environment: "local" }))
      const deployments = yield* Effect.all(starts, { concurrency: "unbounded" })
      assert.strictEqual(new Set(deployments.map((deployment) => deployment.id)).size, 1)
      assert.strictEqual(new Set(deployments.map((deployment) => deployment.localPepper)).size, 1)
    }).pipe(Effect.provide(freshStore()))
  )

  it.effect("G4 a store of another environment is rejected, and left unchanged", () =>
    Effect.gen(function* () {
      const local = yield* start({ environment: "local" })
      const refused = yield* Effect.flip(start({ environment: "production" }))
      assert.strictEqual(refused._tag, "StampRefused")
      assert.include(refused.message, "the store belongs to a local deployment, this one is production")
      assert.deepStrictEqual(yield* start({ environment: "local" }), local)
    }).pipe(Effect.provide(freshStore()))
  )

  it.effect("G4 a production gateway stamps nothing by itself", () =>
    Effect.gen(function* () {
      const refused = yield* Effect.flip(start({ environment: "production" }))
      assert.strictEqual(refused._tag, "StampRefused")
      assert.include(refused.message, "comporta store init")
      const store = yield* RedisStore
      assert.deepStrictEqual(yield* store.command("KEYS", `${store.prefix}:*`), [])
    }).pipe(Effect.provide(freshStore()))
  )

  it.effect("G4 a production gateway starts on its stamped store, and keeps no pepper there", () =>
    Effect.gen(function* () {
      const stamp = yield* initStore({ environment: "production", partitions: 4 })
      const deployment = yield* start({ environment: "production" })
      assert.deepStrictEqual(
        [deployment.id, deployment.partitions, deployment.localPepper],
        [deploymentIdOf(stamp), 4, ""]
      )
    }).pipe(Effect.provide(freshStore()))
  )

  it.effect("G4 a partition without the stamp, or with another one, is rejected", () =>
    Effect.gen(function* () {
      yield* initStore({ environment: "staging", partitions: 2 })
      const store = yield* RedisStore
      const stamp = keysOf(store.prefix, 1).of("stamp")
      yield* store.command("HSET", stamp, "id", "another")
      assert.strictEqual((yield* Effect.flip(start({ environment: "staging" })))._tag, "StampRefused")
      yield* store.command("DEL", stamp)
      assert.strictEqual((yield* Effect.flip(start({ environment: "staging" })))._tag, "StampRefused")
    }).pipe(Effect.provide(freshStore()))
  )

  it.effect("G4 a half-written stamp is completed by the next start", () =>
    Effect.gen(function* () {
      const first = yield* start({ environment: "local", partitions: 2 })
      const store = yield* RedisStore
      const stamp = keysOf(store.prefix, 1).of("stamp")
      yield* store.command("DEL", stamp)
      assert.deepStrictEqual(yield* start({ environment: "local" }), first)
      assert.strictEqual(yield* store.command("HGET", stamp, "id"), `${first.id}${formatMark}`)
    }).pipe(Effect.provide(freshStore()))
  )

  it.effect("G12 a store keeps the former identity rule until its upgrade, and then reports the time of that", () =>
    Effect.gen(function* () {
      assert.deepInclude(yield* start({ environment: "local", partitions: 2 }), { identity: 2 })
      const store = yield* RedisStore
      const stamps = [0, 1].map((partition) => keysOf(store.prefix, partition).of("stamp"))
      for (const stamp of stamps) yield* store.command("HSET", stamp, "identity", 1)
      assert.deepInclude(yield* start({ environment: "local" }), { identity: 1 })
      yield* TestClock.adjust(7_000)
      yield* upgradeStore({ environment: "local" })
      assert.deepInclude(yield* start({ environment: "local" }), { identity: 2, identitySince: 7_000 })
      for (const stamp of stamps) assert.strictEqual(yield* store.command("HGET", stamp, "identity"), "2")
      yield* TestClock.adjust(7_000)
      yield* upgradeStore({ environment: "local" })
      assert.deepInclude(yield* start({ environment: "local" }), { identitySince: 7_000 })
    }).pipe(Effect.provide(freshStore()))
  )

  it.effect("G5 an upgrade that stopped half way refuses a start, and the same command completes it", () =>
    Effect.gen(function* () {
      const { id } = yield* start({ environment: "local", partitions: 2 })
      const store = yield* RedisStore
      const stampOf = (partition: number) => keysOf(store.prefix, partition).of("stamp")
      yield* store.command("HSET", stampOf(1), "id", id, "format", 1)
      const refused = yield* Effect.flip(start({ environment: "local" }))
      assert.include(refused.message, "the upgrade of the store has not reached partition 1")
      assert.include(refused.message, "run `comporta store upgrade` again")
      yield* upgradeStore({ environment: "local" })
      assert.strictEqual((yield* start({ environment: "local" })).id, id)
      assert.strictEqual(yield* store.command("HGET", stampOf(1), "format"), "2")
    }).pipe(Effect.provide(freshStore()))
  )

  it.effect("G5 a fence notes its time by the store's clock, and a stamp of an earlier release has none", () =>
    Effect.gen(function* () {
      const store = yield* RedisStore
      const { id } = yield* initStore({ environment: "staging", partitions: 2 })
      assert.isUndefined((yield* start({ environment: "staging" })).fencedAt)
      const before = yield* storeTime
      yield* fenceStore({ environment: "staging" })
      const fenced = yield* start({ environment: "staging" })
      assert.deepStrictEqual(fenced.former, [deploymentIdOf({ id })])
      const { fencedAt = 0 } = fenced
      assert.isTrue(fencedAt >= before && fencedAt <= (yield* storeTime))
      yield* upgradeStore({ environment: "staging" })
      assert.strictEqual((yield* start({ environment: "staging" })).fencedAt, fencedAt)
      for (const partition of [0, 1]) {
        yield* store.command("HDEL", keysOf(store.prefix, partition).of("stamp"), "fencedAt")
      }
      const old = yield* start({ environment: "staging" })
      assert.deepStrictEqual([old.fencedAt, old.former], [undefined, fenced.former])
    }).pipe(Effect.provide(freshStore()))
  )

  it.effect("G12 a store with another identity rule is rejected", () =>
    Effect.gen(function* () {
      yield* start({ environment: "local", partitions: 1 })
      const store = yield* RedisStore
      yield* store.command("HSET", keysOf(store.prefix, 0).of("stamp"), "identity", 99)
      const refused = yield* Effect.flip(start({ environment: "local" }))
      assert.include(refused.message, "a newer version")
      yield* store.command("HSET", keysOf(store.prefix, 0).of("stamp"), "identity", 0)
      assert.include((yield* Effect.flip(start({ environment: "local" }))).message, "another version")
    }).pipe(Effect.provide(freshStore()))
  )
})
