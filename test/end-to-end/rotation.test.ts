import { renameSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import type { Json } from "../../src/domain/json.ts"
import { askRedisWith } from "../support/ask-redis.ts"
import { conserves, secrets } from "../support/client.ts"
import { ask } from "../support/http.ts"
import { becomes } from "../support/test-bed.ts"
import { type Installation, installation, type Program } from "../support/program.ts"
import { provider } from "../support/provider.ts"
import { receiver } from "../support/receiver.ts"
import { redisServer } from "../support/redis-server.ts"
import { businessAccountId, bytesOf, messages, phoneNumberId, signature, text } from "../support/webhook.ts"

const overlap = "6 seconds"
const redisPassword = "sesame-of-yesterday"

const file = (redis: string, graph: string, runtime: string) => (directory: string, port: number) =>
  `
environment: local
server: { port: ${port} }
store: { url: "${redis}", password: redis/password, durability: process, sealingKey: store/sealing-key, pepper: store/pepper }
secrets: { from: files, directory: "${directory}/secrets", poll: 1 seconds, overlap: ${overlap} }
runtime: { push: { url: "${runtime}", secret: runtime/signing } }
api: { keys: [{ id: crm, secret: api/crm, scopes: [send, read] }] }
connectors:
  whatsapp:
    graph: { version: v25.0, baseUrl: "${graph}" }
    secrets: { appSecret: meta/app-secret, verifyToken: meta/verify-token }
    accounts:
      support: { phoneNumberId: "${phoneNumberId}", businessAccountId: "${businessAccountId}", secrets: { accessToken: whatsapp/support } }
    capabilities: [text]
`

const sealing = (byte: number) => Buffer.alloc(32, byte).toString("base64")

/** As an operator rotates a file: the old value aside, the new one in its place at once. */
const rotate = ({ directory }: Installation, ref: string, before: string, after: string) => {
  const path = join(directory, "secrets", ref)
  writeFileSync(`${path}.previous`, before)
  writeFileSync(`${path}.next`, after)
  renameSync(`${path}.next`, path)
}

const setup = Effect.gen(function* () {
  const redis = yield* redisServer(["--requirepass", redisPassword])
  const graph = yield* provider()
  const runtime = yield* receiver(secrets["runtime/signing"])
  const installed = yield* installation({
    sealed: true,
    secrets: { "redis/password": redisPassword },
    file: file(redis.url, graph.url, runtime.url)
  })
  return { redis, graph, runtime, installed, program: yield* installed.start }
})

const posted = (program: Program, body: Json, secret: string) =>
  program.post(body, { "x-hub-signature-256": signature(secret, bytesOf(body)) })

const sent = (program: Program, key: string, apiKey: string) =>
  ask(`${program.url}/v1/intents`, {
    method: "POST",
    headers: { authorization: `Bearer ${apiKey}`, "idempotency-key": key },
    body: JSON.stringify({
      connector: "whatsapp",
      account: "support",
      capability: "text",
      to: "+15550001111",
      input: { body: key }
    })
  })

describe("secret rotation under traffic", () => {
  it.live("rotated secrets reject no valid webhook, fail no send, and are rejected after the overlap", () =>
    Effect.gen(function* () {
      const { redis, graph, runtime, installed, program } = yield* setup
      const now = { appSecret: secrets["meta/app-secret"] as string, apiKey: secrets["api/crm"] as string }
      const stop = yield* Deferred.make<void>()
      const statuses = { webhooks: new Set<number>(), sends: new Set<number>() }
      let rounds = 0
      const traffic = Effect.gen(function* () {
        while (!Deferred.isDoneUnsafe(stop)) {
          const n = rounds++
          statuses.webhooks.add((yield* posted(program, messages(text(`wamid.${n}`)), now.appSecret)).status)
          statuses.sends.add((yield* sent(program, `key-${n}`, now.apiKey)).status)
        }
      })
      const running = yield* Effect.forkChild(traffic)
      const wrapped = yield* Effect.promise(() =>
        askRedisWith(redis.port, redisPassword, ["HVALS", "comporta:{p0}:keys"])
      )

      rotate(installed, "meta/app-secret", now.appSecret, "app-secret-of-today")
      now.appSecret = "app-secret-of-today"
      rotate(installed, "whatsapp/support", secrets["whatsapp/support"], "token-of-today")
      graph.takeToken("token-of-today")
      rotate(installed, "api/crm", now.apiKey, "cmp_key-of-today")
      rotate(
        installed,
        "runtime/signing",
        secrets["runtime/signing"],
        `whsec_${Buffer.alloc(32, 9).toString("base64")}`
      )
      rotate(installed, "store/sealing-key", sealing(3), sealing(4))
      yield* Effect.promise(() =>
        askRedisWith(redis.port, redisPassword, ["CONFIG", "SET", "requirepass", "sesame-of-today"])
      )
      rotate(installed, "redis/password", redisPassword, "sesame-of-today")
      const lines = yield* program.line("secret.rotated", 6)
      now.apiKey = "cmp_key-of-today"
      const until = rounds + 20
      yield* becomes(
        Effect.sync(() => rounds),
        (count) => count > until
      )
      yield* Deferred.succeed(stop, undefined)
      yield* Fiber.join(running)

      const wraps = () => askRedisWith(redis.port, "sesame-of-today", ["HVALS", "comporta:{p0}:keys"])
      yield* becomes(Effect.promise(wraps), (now) => JSON.stringify(now) !== JSON.stringify(wrapped))

      assert.deepStrictEqual([...statuses.webhooks], [200])
      assert.deepStrictEqual([...statuses.sends], [200])
      assert.strictEqual(new Set(lines.map(({ secret }) => secret)).size, 6)
      assert.strictEqual(graph.effects.all.length, rounds)
      yield* runtime.acknowledged(rounds)
      assert.lengthOf(runtime.forged.all, 0)

      yield* becomes(
        posted(program, messages(text("wamid.stale")), secrets["meta/app-secret"]),
        ({ status }) => status === 401
      )
      yield* becomes(sent(program, "key-0", secrets["api/crm"]), ({ status }) => status === 401)

      yield* Effect.promise(() =>
        askRedisWith(redis.port, "sesame-of-today", ["CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes"])
      )
      yield* becomes(program.get("/livez"), ({ status }) => status === 200)
      yield* becomes(sent(program, "key-0", now.apiKey), ({ status }) => status === 200)
      assert.isTrue(conserves(yield* program.counts))

      program.signal("SIGTERM")
      yield* program.ended
      for (const ref of ["store/sealing-key", "redis/password", "runtime/signing"]) {
        rmSync(join(installed.directory, "secrets", `${ref}.previous`))
      }
      const again = yield* installed.start
      const read = yield* sent(again, "key-0", now.apiKey)
      assert.deepStrictEqual(
        [read.status, read.at("outcome"), typeof read.at("receipt", "messageId")],
        [200, "deduped", "string"]
      )
      for (const value of ["of-today", ...Object.values(secrets)]) {
        assert.notInclude(program.output() + again.output(), value)
      }
    })
  )
})
