import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { unreachable } from "../../../src/boot/store-check.ts"
import { askRedis } from "../../support/ask-redis.ts"
import { freePort } from "../../support/free-port.ts"
import { redisCluster } from "../../support/redis-cluster.ts"
import { redisServer } from "../../support/redis-server.ts"
import { tcpProxy } from "../../support/tcp-proxy.ts"
import { opened } from "./opened.ts"

const password = () => Redacted.make("pw-of-app")
const withUser = Effect.gen(function* () {
  const { url, port } = yield* redisServer()
  const rule = ["ACL", "SETUSER", "app", "on", ">pw-of-app", "~comporta:*", "&*", "+@all"] as const
  yield* Effect.promise(() => askRedis(port, rule, ["ACL", "SETUSER", "default", "off"]))
  return url
})

describe("address and login of a store", () => {
  it.live("the client logs in as a user of the access control list", () =>
    Effect.gen(function* () {
      const store = yield* opened({ url: yield* withUser, username: "app", password })
      assert.strictEqual(yield* store.command("SET", "comporta:x", "1"), "OK")
    })
  )

  it.live("the client names a rejected login, too many clients and an unresolvable host, each with its remedy", () =>
    Effect.gen(function* () {
      const url = yield* withUser
      const login = yield* Effect.flip(opened({ url, username: "app", password: () => Redacted.make("another") }))
      assert.strictEqual(login.code, "store_login")
      assert.include(unreachable(login).remedy, "store.username")
      const withoutLogin = yield* Effect.flip(opened({ url }))
      assert.strictEqual(withoutLogin.code, "store_login")
      const crowded = yield* redisServer(["--maxclients", "1"])
      yield* opened({ url: crowded.url })
      const closed = yield* Effect.flip(opened({ url: crowded.url }))
      assert.strictEqual(closed.code, "store_closed")
      assert.include(unreachable(closed).remedy, "maxclients")
      const unresolved = yield* Effect.flip(opened({ url: "redis://no-such-host.invalid:6379" }))
      assert.strictEqual(unresolved.code, "store_unresolved")
    })
  )

  it.live("the client connects to the address that the NAT map gives for an announced one", () =>
    Effect.gen(function* () {
      const cluster = yield* redisCluster()
      const proxies = yield* Effect.forEach(cluster.primaries, ({ port }) => tcpProxy(port))
      const natMap = Object.fromEntries(
        cluster.primaries.map(({ port }, at) => [`127.0.0.1:${port}`, `127.0.0.1:${proxies[at]?.port}`])
      )
      const store = yield* opened({ cluster: [`redis://127.0.0.1:${proxies[0]?.port}`], natMap })
      const responses = yield* store.commandEach("PING")
      assert.sameMembers(
        responses.map(({ primary }) => primary),
        Object.values(natMap)
      )
      for (const key of ["a", "b", "c", "d"]) assert.strictEqual(yield* store.command("SET", key, "1"), "OK")
    })
  )

  it.live("the client names an announced address at which no server answers", () =>
    Effect.gen(function* () {
      const cluster = yield* redisCluster()
      const nowhere = yield* Effect.promise(freePort)
      const [first, second] = cluster.primaries
      const natMap = { [`127.0.0.1:${second?.port}`]: `127.0.0.1:${nowhere}` }
      const mapped = yield* Effect.flip(opened({ cluster: [first?.url ?? ""], natMap }))
      assert.strictEqual(mapped.code, "store_unavailable")
      yield* Effect.promise(() => askRedis(second?.port ?? 0, ["CONFIG", "SET", "cluster-announce-port", nowhere]))
      const announced = yield* Effect.retry(Effect.flip(opened({ cluster: [second?.url ?? ""] })), { times: 50 })
      assert.strictEqual(announced.code, "store_announced")
      assert.include(unreachable(announced).remedy, "natMap")
    })
  )
})
