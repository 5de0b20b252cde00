import { assert, describe, it } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { aclRule, neededCommands } from "../../../layers/redis/acl.ts"
import { layer as connect } from "../../../layers/redis/client.ts"
import { layer as storeAdmin } from "../../../layers/redis/store-admin/store-admin.ts"
import { StoreAdmin } from "../../../src/boot/store-services.ts"
import { storeChecks } from "../../../src/boot/store-boot.ts"
import type { StoreConfig } from "../../../src/config/config.ts"
import { retentionDefaults } from "../../../src/config/store-schema.ts"
import "../../../src/app/main-layers.ts"
import { askRedis } from "../../support/ask-redis.ts"
import { redisServer } from "../../support/redis-server.ts"
import { durable, watched } from "./watched.ts"

const config: StoreConfig = {
  at: { _tag: "Server", url: "redis://of-the-options" },
  durability: "host",
  retention: retentionDefaults
}

/** A server whose user may do what `comporta store acl` says, and more or less of it. */
const limitedServer = Effect.gen(function* () {
  const { port, url } = yield* redisServer(durable)
  const rule = aclRule("limited", "comporta", false).replace("PASSWORD", "secret").split(" ").slice(1)
  const allow = (...changes: ReadonlyArray<string>) =>
    Effect.promise(() => askRedis(port, ["ACL", ...rule, ...changes]))
  yield* allow()
  return { allow, options: { url, username: "limited", password: () => Redacted.make("secret") } }
})

const adminOn = (options: Parameters<typeof connect>[0]) =>
  Effect.map(Layer.build(Layer.provide(storeAdmin({ environment: "staging" }), connect(options))), (context) =>
    Context.get(context, StoreAdmin)
  )

describe.concurrent("store user", () => {
  it.live("I5 a user without any one needed command is rejected with the command's name", () =>
    Effect.gen(function* () {
      const { allow, options } = yield* limitedServer
      const { servers } = yield* adminOn(options)
      const missing = Effect.map(servers, ([server]) => server?.forbidden)
      assert.deepStrictEqual(yield* missing, { commands: [] })
      const needed = neededCommands(false)
      for (const name of [
        "hdel",
        "zrem",
        "zrange",
        "xrange",
        "zadd",
        "xadd",
        "evalsha",
        "script|load",
        "wait",
        "info"
      ]) {
        assert.include(needed, name)
      }
      for (const name of needed) {
        yield* allow(`-${name}`)
        assert.deepStrictEqual(yield* missing, { commands: [name] }, name)
      }
      yield* allow("-@write", "+eval")
      assert.includeMembers([...((yield* missing)?.commands ?? [])], ["hset", "xadd", "zadd", "set"])
    })
  )

  it.live("I5 a user without read and write access to every key is rejected with one such key", () =>
    Effect.gen(function* () {
      const { allow, options } = yield* limitedServer
      const { servers } = yield* adminOn(options)
      for (const keys of [["~other:*"], ["%R~comporta:*"], ["%W~comporta:*"], ["~comporta:{p0}:*"], []]) {
        yield* allow("resetkeys", ...keys)
        const [server] = yield* servers
        assert.match(server?.forbidden?.key ?? "", /^comporta:\{p\d\}:/, keys.join())
        assert.deepStrictEqual(server?.forbidden?.commands, [])
      }
    })
  )

  it.live("I5 the boot report names the missing permission with its remedy, and dependent checks wait for it", () =>
    Effect.gen(function* () {
      const { allow, options } = yield* limitedServer
      const admin = yield* adminOn(options)
      yield* admin.init(2)
      const report = storeChecks(
        { environment: "staging", store: { ...config, replicas: 1 }, connectors: [] },
        admin,
        "f".repeat(32)
      )
      const failed = Effect.map(report, (all) => all.filter(({ state }) => state === "failed"))
      assert.deepStrictEqual(
        (yield* failed).map(({ name }) => name),
        ["store.replicas"]
      )
      yield* allow("-hdel", "-zrem")
      const [commands, ...others] = yield* failed
      assert.strictEqual(commands?.name, "store.commands")
      assert.match(commands?.problem ?? "", /: its user may not run hdel, zrem$/)
      assert.include(commands?.remedy, "comporta store acl")
      assert.deepStrictEqual(
        others.map(({ name }) => name),
        ["store.replicas"]
      )
      yield* allow("-info", "-time")
      assert.deepStrictEqual(
        (yield* failed).map(({ name, problem = "" }) => [name, problem.replace(/^.*: /, "")]),
        [["store.commands", "its user may not run info, time"]]
      )
    })
  )

  it.live("G45 a user that loses a command at runtime stops new work, until it has the command again", () =>
    Effect.gen(function* () {
      const { allow, options } = yield* limitedServer
      const process = yield* watched(options)
      assert.strictEqual(yield* process.admits(), "ok")
      yield* allow("-zrem")
      yield* process.fails("store.commands")
      assert.deepStrictEqual(
        [yield* process.admits(), yield* process.claims],
        ["store_not_as_declared", "store_not_as_declared"]
      )
      yield* allow()
      yield* process.passes("store.commands")
      assert.deepStrictEqual([yield* process.admits(), yield* process.claims], ["ok", "ok"])
    })
  )
})
