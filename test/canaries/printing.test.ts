import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { objectOf } from "../../plugins/meta/read-json.ts"
import type { Json } from "../../src/domain/json.ts"
import { canaries, leaksFrom, number, wamid } from "../support/canaries.ts"
import { secrets } from "../support/client.ts"
import { comporta, installation, launched } from "../support/program.ts"
import { provider } from "../support/provider.ts"
import { redisServer } from "../support/redis-server.ts"
import { receiver } from "../support/receiver.ts"
import { businessAccountId, messages, phoneNumberId, text } from "../support/webhook.ts"

/** Every variable at which a library of ours, or Node, prints what it sends, receives or parses. */
const printing = {
  DEBUG: "*",
  DEBUG_COLORS: "no",
  DEBUG_AUTH: "1",
  GOOGLE_SDK_NODE_LOGGING: "all",
  LOG_STREAM: "1",
  LOG_TOKENS: "1"
}
const ofNode = { NODE_DEBUG: "http,net,tls,undici,fetch,stream,timer" }

const file = (of: { redis: string; provider: string; directory: string; port: number; environment: string }) => `
environment: ${of.environment}
server: { host: 127.0.0.1, port: ${of.port} }
store: { url: "${of.redis}", password: redis/password, sealingKey: store/sealing-key, pepper: store/pepper }
secrets: { from: files, directory: "${of.directory}/secrets" }
runtime: { push: { url: "https://runtime.test/comporta", secret: runtime/signing } }
api: { keys: [{ id: crm, secret: api/crm, scopes: [send, read, operate] }] }
connectors:
  whatsapp:
    graph: { version: v25.0, baseUrl: "${of.provider}" }
    secrets: { appSecret: meta/app-secret, verifyToken: meta/verify-token }
    accounts:
      support: { phoneNumberId: "${phoneNumberId}", businessAccountId: "${businessAccountId}", secrets: { accessToken: whatsapp/support } }
    capabilities: [text]
`

const password = canaries["a password"]
const durable = ["--appendonly", "yes", "--appendfsync", "always", "--maxmemory", "512mb", "--requirepass", password]

const checkOf = (checks: Json | undefined, name: string) =>
  (Array.isArray(checks) ? checks : []).map(objectOf).find((check) => check?.["name"] === name)

describe("I7 libraries with debug output", () => {
  for (const [environment, env] of [
    ["staging", printing],
    ["local", { ...printing, ...ofNode }]
  ] as const) {
    it.live(`a library with debug output prints neither password, token nor person in ${environment}`, () =>
      Effect.gen(function* () {
        const redis = yield* redisServer(durable)
        const graph = yield* provider(wamid)
        const runtime = yield* receiver(secrets["runtime/signing"])
        const installed = yield* installation({
          sealed: true,
          runtime: runtime.url,
          secrets: { "whatsapp/support": canaries["the access token"], "redis/password": password },
          file: (directory, port) => file({ redis: redis.url, provider: graph.url, directory, port, environment })
        })
        if (environment === "staging") {
          const stamped = yield* comporta(["store", "init", "--config", installed.file], env)
          assert.deepStrictEqual([stamped.code, stamped.stderr], [0, ""])
        }
        const { program, listens } = yield* launched(installed.file, installed.port, { env })
        yield* listens
        const said = messages(text(wamid(1), { from: number, text: { body: canaries["a text"] } }))
        assert.strictEqual((yield* program.deliver(said)).status, 200)
        const aText = { to: `+${number}`, input: { body: canaries["an answer"] } }
        assert.strictEqual((yield* program.send(canaries["an idempotency key"], aText)).status, 200)
        const [line] = yield* program.line("boot.validated")
        const problem = String(checkOf(line?.["checks"], "leak:output")?.["problem"])
        if (environment === "staging") for (const name of Object.keys(env)) assert.include(problem, name)
        program.signal("SIGTERM")
        const { code, stdout, stderr } = yield* program.ended
        assert.deepStrictEqual([code, stderr], [0, ""])
        assert.deepStrictEqual(leaksFrom({ stdout }), [])
        for (const secret of Object.values(secrets)) assert.notInclude(stdout, secret)
      })
    )
  }
})
