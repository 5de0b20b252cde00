import { assert, describe, it } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { RedisStore } from "../../../../layers/redis/client.ts"
import * as RedisDeployment from "../../../../layers/redis/deployment/deployment.ts"
import { storeFormat } from "../../../../src/deployment/deployment.ts"
import { keysOf } from "../../../../layers/redis/keys.ts"
import { formatMark } from "../../../../layers/redis/scripting/lua.ts"
import { layer } from "../../../../layers/redis/store-admin/store-admin.ts"
import { StoreAdmin } from "../../../../src/boot/store-services.ts"
import { Deployment } from "../../../../src/deployment/deployment.ts"
import { freshStore } from "../../../support/fresh-store.ts"

const staging = () => Layer.provideMerge(layer({ environment: "staging" }), freshStore())
const deployed = Effect.scoped(
  Effect.map(Layer.build(RedisDeployment.layer({ environment: "staging" })), (context) =>
    Context.get(context, Deployment)
  )
)

describe("store administration in Redis", () => {
  it.live("the administration returns the facts that the server reports", () =>
    Effect.gen(function* () {
      const { servers } = yield* StoreAdmin
      const [server, ...others] = yield* servers
      assert.lengthOf(others, 0)
      assert.deepInclude(server, { role: "master", eviction: "noeviction", replicas: 0 })
      assert.match(server?.version ?? "", /^\d+\.\d+/)
      assert.isString(server?.appendFsync)
      assert.isBoolean(server?.appendOnly)
      assert.isBelow(Math.abs(server?.ahead ?? Infinity), 1_000)
    }).pipe(Effect.provide(staging()))
  )

  it.effect("G4 the administration stamps a store once, and returns an existing stamp", () =>
    Effect.gen(function* () {
      const admin = yield* StoreAdmin
      assert.isUndefined(yield* admin.stamp)
      const stamp = yield* admin.init(4)
      assert.deepInclude(stamp, { environment: "staging", partitions: 4, format: storeFormat, identity: 2 })
      assert.deepStrictEqual(yield* admin.init(9), stamp)
      assert.deepStrictEqual(yield* admin.stamp, stamp)
      yield* admin.write(4)
    }).pipe(Effect.provide(staging()))
  )

  it.effect(
    "G18 the deployment remembers its former id, also when an earlier release has fenced an upgraded store",
    () =>
      Effect.gen(function* () {
        const admin = yield* StoreAdmin
        const before = yield* admin.init(1)
        const { command, prefix } = yield* RedisStore
        // The earlier release takes the id with the mark of the format for the deployment's.
        const stamp = [
          keysOf(prefix, 0).of("stamp"),
          "id",
          "ab".repeat(16),
          "former",
          `${before.deployment}${formatMark}`
        ]
        yield* command("HSET", ...stamp)
        assert.deepStrictEqual((yield* deployed).former, [before.deployment])
      }).pipe(Effect.provide(staging()))
  )

  it.effect("G4 a fence gives the store another id everywhere, and the deployment remembers the former ones", () =>
    Effect.gen(function* () {
      const admin = yield* StoreAdmin
      const before = yield* admin.init(3)
      const first = yield* admin.fence
      const second = yield* admin.fence
      assert.strictEqual(new Set([before, first, second].map(({ deployment }) => deployment)).size, 3)
      const deployment = yield* deployed
      assert.deepInclude(deployment, {
        id: second.deployment,
        former: [first.deployment, before.deployment],
        partitions: 3
      })
    }).pipe(Effect.provide(staging()))
  )

  it.effect("G4 a fence that broke off is completed by the next", () =>
    Effect.gen(function* () {
      const admin = yield* StoreAdmin
      yield* admin.init(3)
      const store = yield* RedisStore
      yield* store.command("HSET", keysOf(store.prefix, 0).of("stamp"), "id", "f".repeat(32))
      assert.strictEqual((yield* Effect.flip(admin.stamp))._tag, "StampRefused")
      const fenced = yield* admin.fence
      assert.deepStrictEqual(yield* admin.stamp, fenced)
    }).pipe(Effect.provide(staging()))
  )

  it.effect("G14 the administration recognises the first pepper of the store, also after a fence", () =>
    Effect.gen(function* () {
      const admin = yield* StoreAdmin
      assert.isFalse(yield* admin.isPepper("a"))
      yield* admin.init(2)
      assert.isTrue(yield* admin.isPepper("a"))
      assert.isFalse(yield* admin.isPepper("b"))
      yield* admin.fence
      assert.isTrue(yield* admin.isPepper("a"))
      assert.isFalse(yield* admin.isPepper("b"))
    }).pipe(Effect.provide(staging()))
  )

  it.effect("G12 the administration upgrades an older stamp, and leaves a newer one unchanged", () =>
    Effect.gen(function* () {
      const admin = yield* StoreAdmin
      yield* admin.init(2)
      const store = yield* RedisStore
      const stamp = keysOf(store.prefix, 0).of("stamp")
      yield* store.command("HSET", stamp, "format", 0)
      assert.strictEqual((yield* Effect.flip(admin.stamp))._tag, "StampRefused")
      yield* admin.upgrade
      assert.deepInclude(yield* admin.stamp, { format: storeFormat })
      yield* store.command("HSET", stamp, "format", 99)
      assert.strictEqual((yield* Effect.flip(admin.upgrade))._tag, "StampRefused")
      assert.strictEqual(yield* store.command("HGET", stamp, "format"), "99")
    }).pipe(Effect.provide(staging()))
  )

  it.effect("the administration rejects a store without a stamp or of another environment", () =>
    Effect.gen(function* () {
      const admin = yield* StoreAdmin
      assert.strictEqual((yield* Effect.flip(admin.fence))._tag, "StampRefused")
      assert.strictEqual((yield* Effect.flip(admin.upgrade))._tag, "StampRefused")
      yield* RedisDeployment.initStore({ environment: "local" })
      assert.strictEqual((yield* Effect.flip(admin.fence))._tag, "StampRefused")
      assert.strictEqual((yield* Effect.flip(admin.init()))._tag, "StampRefused")
    }).pipe(Effect.provide(staging()))
  )
})
