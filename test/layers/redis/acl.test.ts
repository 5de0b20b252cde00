import { randomUUID } from "node:crypto"
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { aclRule, commandsIn, neededCommands } from "../../../layers/redis/acl.ts"
import { layer } from "../../../layers/redis/client.ts"
import { asTexts } from "../../../layers/redis/scripting/reply.ts"
import { definedScripts } from "../../../layers/redis/scripting/script.ts"
import "../../../src/app/main-layers.ts"
import { askRedis } from "../../support/ask-redis.ts"
import { type RedisServer, startRedis } from "../../support/redis-server.ts"
import { redisContracts } from "./contracts.ts"

/** What the contract suites themselves send, to move what is kept back in time. */
const ofTests = ["+hincrby", "+keys", "+scan", "+rename"]

const user = (prefix: string) => aclRule("limited", prefix, false).replace("PASSWORD", "secret").split(" ").slice(1)

let server: RedisServer | undefined
beforeAll(async () => {
  server = await startRedis()
  await askRedis(server.port, ["ACL", ...user("test-*"), ...ofTests])
})
afterAll(() => server?.dispose())

/** A store whose user may do what the generated line says. */
const limited = () =>
  Layer.unwrap(
    Effect.sync(() =>
      layer({
        url: server?.url ?? "",
        username: "limited",
        password: () => Redacted.make("secret"),
        prefix: `test-${randomUUID()}`,
        // The server judges each command of a script for a user that is limited, which takes its time.
        commandTimeout: 10_000
      })
    )
  )

redisContracts("a Redis whose user may do what the reference says", limited)

const Denied = Schema.Array(Schema.Array(Schema.Union([Schema.String, Schema.Finite, Schema.Unknown])))

describe("store user", () => {
  it.live("I5 the store user was denied nothing in the tests above", () =>
    Effect.gen(function* () {
      const [log] = yield* Effect.promise(() => askRedis(server?.port ?? 0, ["ACL", "LOG"]))
      const entries = yield* Schema.decodeUnknownEffect(Denied)(log)
      assert.deepStrictEqual(
        entries.map((entry) => entry[entry.indexOf("object") + 1]),
        []
      )
    })
  )

  it.live("I5 the store user needs only commands that the server knows, among them each that a script names", () =>
    Effect.gen(function* () {
      const [known] = yield* Effect.promise(() => askRedis(server?.port ?? 0, ["COMMAND", "LIST"]))
      const names = new Set(yield* asTexts("COMMAND LIST")(known))
      const needed = new Set(neededCommands(true))
      for (const name of needed) assert.isTrue(names.has(name.split("|", 1)[0] ?? ""), name)
      const quoted = [...definedScripts().values()].flatMap(({ source }) =>
        Array.from(source.matchAll(/'([A-Z]{2,})'/g), ([, word = ""]) => word.toLowerCase())
      )
      const other = new Set(["px", "nx", "xx", "gt", "lt", "limit", "rev", "byscore", "withscores", "count", "match"])
      const missed = quoted.filter(
        (word) => names.has(word) && !other.has(word) && ![...needed].some((name) => name.split("|", 1)[0] === word)
      )
      assert.deepStrictEqual(missed, [])
    })
  )

  it("I5 the command list of a script includes subcommands and queued commands", () => {
    const source = `redis.call('XINFO', 'STREAM', KEYS[1])
      write('HSET', KEYS[1], 'XDEL', 'x')
      add({ 'ZADD', KEYS[2] }) redis.pcall('GET', KEYS[1]) return { 'Expired' }`
    assert.sameMembers([...commandsIn(source)], ["xinfo|stream", "hset", "zadd", "get"])
  })
})
