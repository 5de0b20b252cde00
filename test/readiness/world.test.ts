import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { memoryStoreAdmin } from "../../layers/memory/no-server.ts"
import type { ServerFacts } from "../../src/boot/store-facts.ts"
import { StoreAdmin } from "../../src/boot/store-services.ts"
import { InfraError } from "../../src/domain/failure.ts"
import { readWorld } from "../../src/readiness/world.ts"
import { hostWith } from "../fakes/host.ts"

const server: ServerFacts = {
  name: "redis-canary.internal:6379",
  kind: "redis",
  version: "7.2.4",
  role: "master",
  eviction: "noeviction",
  appendOnly: true,
  appendFsync: "always",
  replicas: 0,
  maxMemory: 0,
  ahead: 0
}

const options = { architecture: "x64", declared: undefined, inMemory: false }

const adminOf = (servers: StoreAdmin["Service"]["servers"]) =>
  Layer.provide(
    Layer.effect(
      StoreAdmin,
      Effect.map(StoreAdmin, (admin) => ({ ...admin, servers }))
    ),
    memoryStoreAdmin
  )

const storeWith = (servers: StoreAdmin["Service"]["servers"], declared?: string) =>
  readWorld({ ...options, declared }).pipe(
    Effect.provide(Layer.merge(adminOf(servers), hostWith({}))),
    Effect.map(({ store }) => store)
  )

const platformWith = (...given: Parameters<typeof hostWith>) =>
  readWorld({ ...options, inMemory: true }).pipe(
    Effect.provide(Layer.merge(memoryStoreAdmin, hostWith(...given))),
    Effect.map(({ platform }) => platform)
  )

describe("world", () => {
  it.effect("the platform is one of a closed list, by the variables that it sets", () =>
    Effect.gen(function* () {
      assert.strictEqual(yield* platformWith({ variables: { K_SERVICE: "canary" }, isContained: true }), "cloud-run")
      assert.strictEqual(yield* platformWith({ variables: { KUBERNETES_SERVICE_HOST: "10.0.0.1" } }), "kubernetes")
      assert.strictEqual(
        yield* platformWith({ variables: { ECS_CONTAINER_METADATA_URI_V4: "http://169.254.170.2/v4/x" } }),
        "ecs"
      )
      assert.strictEqual(yield* platformWith({ isContained: true }), "container")
      assert.strictEqual(yield* platformWith({ variables: { K_SERVICE: "" } }), "host")
    })
  )

  it.effect("the store's facts are its kind, version line, persistence and eviction, and no address", () =>
    Effect.gen(function* () {
      const store = yield* storeWith(Effect.succeed([server, { ...server, name: "b:1", version: "7.2.9" }]))
      assert.deepStrictEqual(store, {
        kind: "redis",
        versionLine: "7.2",
        persistence: "always",
        eviction: "noeviction"
      })
    })
  )

  it.effect("servers that differ give every value once, in order", () =>
    Effect.gen(function* () {
      const store = yield* storeWith(
        Effect.succeed([{ ...server, version: "8.0.1", kind: "valkey" }, server, { ...server, appendOnly: false }])
      )
      assert.deepStrictEqual(store, {
        kind: "redis, valkey",
        versionLine: "7.2, 8.0",
        persistence: "always, off",
        eviction: "noeviction"
      })
    })
  )

  it.effect(
    "a hidden setting is the one that the operator declared, else unknown, as is a store that does not answer",
    () =>
      Effect.gen(function* () {
        const { appendFsync: _, eviction: __, ...hidden } = server
        assert.strictEqual((yield* storeWith(Effect.succeed([hidden]), "everysec"))?.persistence, "everysec")
        assert.deepInclude(yield* storeWith(Effect.succeed([hidden])), { persistence: "unknown", eviction: "unknown" })
        const away = new InfraError({ code: "away", operation: "facts", certainty: "not_applied", transient: true })
        assert.deepStrictEqual(yield* storeWith(Effect.fail(away)), {
          kind: "unknown",
          versionLine: "unknown",
          persistence: "unknown",
          eviction: "unknown"
        })
      })
  )

  it.effect("a store in memory has no facts", () =>
    Effect.gen(function* () {
      const world = yield* readWorld({ ...options, inMemory: true }).pipe(
        Effect.provide(Layer.merge(memoryStoreAdmin, hostWith({})))
      )
      assert.deepStrictEqual(world, { platform: "host", architecture: "x64" })
    })
  )
})
