import { appendFileSync } from "node:fs"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { objectOf } from "../../plugins/meta/read-json.ts"
import type { Json } from "../../src/domain/json.ts"
import { askRedis } from "../support/ask-redis.ts"
import { secrets } from "../support/client.ts"
import { comporta, installation } from "../support/program.ts"
import { provider } from "../support/provider.ts"
import { redisServer } from "../support/redis-server.ts"
import { businessAccountId, messages, phoneNumberId, text } from "../support/webhook.ts"

const durable = ["--appendonly", "yes", "--appendfsync", "always", "--maxmemory", "512mb"]

const file = (redisUrl: string, provider: string, directory: string) => `
environment: staging
server: { host: 127.0.0.1, port: PORT }
store: { url: "${redisUrl}", sealingKey: store/sealing-key, pepper: store/pepper }
secrets: { from: files, directory: "${directory}/secrets" }
runtime: { push: { url: "https://runtime.test/comporta", secret: runtime/signing } }
api: { keys: [{ id: crm, secret: api/crm, scopes: [send, read, operate] }] }
connectors:
  whatsapp:
    graph: { version: v25.0, baseUrl: "${provider}" }
    secrets: { appSecret: meta/app-secret, verifyToken: meta/verify-token }
    accounts:
      support: { phoneNumberId: "${phoneNumberId}", businessAccountId: "${businessAccountId}", secrets: { accessToken: whatsapp/support } }
    capabilities: [text]
`

/** A store as staging wants it, a provider that answers probes, and a file that names them. */
const house = Effect.gen(function* () {
  const redis = yield* redisServer(durable)
  const graph = yield* provider()
  const place = yield* installation({
    sealed: true,
    file: (directory, port) => file(redis.url, graph.url, directory).replace("PORT", String(port))
  })
  const store = (...words: ReadonlyArray<string>) => comporta(["store", ...words, "--config", place.file, "--json"])
  return { redis, graph, place, store }
})

const checksOf = (line: Json | undefined): ReadonlyMap<string, string> => {
  const checks: Json | undefined = objectOf(line)?.["checks"]
  return new Map(
    (Array.isArray(checks) ? checks : []).map((check: Json) => [
      String(objectOf(check)?.["name"]),
      String(objectOf(check)?.["state"])
    ])
  )
}
const failedIn = (checks: ReadonlyMap<string, string>) =>
  [...checks].flatMap(([name, state]) => (state === "failed" ? [name] : []))

describe("staging", () => {
  it.live("I5 starts once its store is stamped and every check holds, and says so in one line", () =>
    Effect.gen(function* () {
      const { place, store } = yield* house
      const early = yield* place.run()
      assert.strictEqual(early.code, 78)
      assert.deepStrictEqual(failedIn(checksOf(early.lines.at(-1))), ["store.stamp"])
      assert.strictEqual((yield* store("init", "--partitions", "4")).code, 0)
      const program = yield* place.start
      const [line] = yield* program.line("boot.validated")
      const checks = checksOf(line)
      assert.deepStrictEqual(failedIn(checks), [])
      for (const name of [
        "process",
        "leak:environment",
        "store.durability",
        "store.writable",
        "provider:whatsapp/support"
      ]) {
        assert.strictEqual(checks.get(name), "ok", name)
      }
      assert.strictEqual((yield* program.get("/readyz")).status, 200)
      assert.strictEqual((yield* program.deliver(messages(text("wamid.1")))).status, 200)
    })
  )

  it.live("G4 is refused by every script once its store is fenced, and starts anew on it", () =>
    Effect.gen(function* () {
      const { place, store } = yield* house
      yield* store("init")
      const program = yield* place.start
      assert.strictEqual((yield* store("fence")).code, 0)
      assert.strictEqual((yield* program.deliver(messages(text("wamid.1")))).status, 503)
      assert.strictEqual((yield* program.get("/readyz")).status, 503)
      program.signal("SIGTERM")
      assert.strictEqual((yield* program.ended).code, 0)
      const again = yield* place.start
      assert.strictEqual((yield* again.deliver(messages(text("wamid.1")))).status, 200)
    })
  )

  it.live("I5 tells all that is wrong at once, each with a remedy and no value of a secret", () =>
    Effect.gen(function* () {
      const { redis, graph, place, store } = yield* house
      yield* store("init")
      yield* Effect.promise(() => askRedis(redis.port, ["CONFIG", "SET", "maxmemory-policy", "allkeys-lru"]))
      yield* Effect.promise(() => askRedis(redis.port, ["CONFIG", "SET", "appendfsync", "everysec"]))
      graph.refuseTokens()
      const given = { LEAK: secrets["meta/app-secret"], NODE_TLS_REJECT_UNAUTHORIZED: "0" }
      const ended = yield* place.run(given)
      assert.strictEqual(ended.code, 78)
      assert.sameMembers(failedIn(checksOf(ended.lines.at(-1))), [
        "process",
        "leak:environment",
        "store.eviction",
        "store.durability",
        "provider:whatsapp/support"
      ])
      for (const secret of Object.values(secrets)) assert.notInclude(ended.stdout + ended.stderr, secret)
    })
  )

  it.live(
    "G37 starts with an account whose credential is dead where that was chosen, and holds its sends back visibly",
    () =>
      Effect.gen(function* () {
        const { graph, place, store } = yield* house
        yield* store("init")
        graph.refuseTokens()
        assert.strictEqual((yield* place.run()).code, 78)
        appendFileSync(place.file, "boot: { deadCredential: pause }\n")
        const program = yield* place.start
        assert.strictEqual((yield* program.get("/v1/accounts")).at("accounts", 0, "state"), "paused")
        const held = yield* program.send("k1")
        assert.deepStrictEqual([held.status, held.at("failure", "code")], [503, "paused_auth"])
        assert.lengthOf(graph.effects.all, 0)
        assert.strictEqual((yield* program.deliver(messages(text("wamid.1")))).status, 200)
      })
  )

  it.live("is checked without being served", () =>
    Effect.gen(function* () {
      const { place, store } = yield* house
      const check = (...more: ReadonlyArray<string>) => comporta(["check", "--config", place.file, ...more])
      assert.strictEqual((yield* check()).code, 78)
      yield* store("init")
      const ended = yield* check("--json")
      assert.strictEqual(ended.code, 0, ended.stderr)
      const report = JSON.parse(ended.stdout)
      assert.strictEqual(report.event, "boot.validated")
      assert.deepStrictEqual(failedIn(checksOf(report)), [])
      assert.match((yield* check()).stdout, /^ok {6} store\.stamp/m)
    })
  )
})
