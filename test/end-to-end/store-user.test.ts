import { readFileSync } from "node:fs"
import { createServer } from "node:https"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { askRedis } from "../support/ask-redis.ts"
import { authority, type Certificate, noCertificates } from "../support/certificates.ts"
import { bearer } from "../support/client.ts"
import { ask } from "../support/http.ts"
import { comporta, installation } from "../support/program.ts"
import { provider } from "../support/provider.ts"
import { redisServer } from "../support/redis-server.ts"
import { checksOf, durable, failedIn, stagingFile } from "../support/staging.ts"
import { messages, text } from "../support/webhook.ts"

const password = "a-password-of-the-store"

/** A runtime that takes every event, over TLS as staging wants it. */
const runtime = ({ cert, key }: Certificate) =>
  Effect.acquireRelease(
    Effect.callback<{ readonly port: number; readonly close: () => void }>((resume) => {
      const server = createServer({ cert: readFileSync(cert), key: readFileSync(key) }, (request, response) => {
        request.resume()
        request.on("end", () => response.writeHead(204).end())
      })
      server.listen(0, "127.0.0.1", () => {
        const at = server.address()
        const port = typeof at === "object" && at !== null ? at.port : 0
        resume(Effect.succeed({ port, close: () => server.closeAllConnections() }))
      })
    }),
    ({ close }) => Effect.sync(close)
  )

/** Staging on a store whose user is made as `comporta store acl` says; `allow` changes what it may do. */
const setup = Effect.gen(function* () {
  const redis = yield* redisServer(durable)
  const graph = yield* provider()
  const made = yield* authority
  const { port: runtimePort } = yield* runtime(made.sign("IP:127.0.0.1"))
  const installed = yield* installation({
    sealed: true,
    secrets: { "store/password": password },
    file: (directory, port) =>
      stagingFile(directory, port, {
        redisUrl: redis.url,
        graph: graph.url,
        store: ", username: gateway, password: store/password"
      }).replace(
        `url: "https://runtime.test/comporta"`,
        `url: "https://127.0.0.1:${runtimePort}/comporta", caFile: "${made.caFile}"`
      )
  })
  const run = (...words: ReadonlyArray<string>) => comporta([...words, "--config", installed.file])
  const { stdout } = yield* run("store", "acl")
  const rule = stdout.trim().replace("PASSWORD", password).split(" ").slice(1)
  const acl = (...words: ReadonlyArray<string>) => Effect.promise(() => askRedis(redis.port, ["ACL", ...words]))
  yield* acl(...rule)
  return { acl, allow: (...changes: ReadonlyArray<string>) => acl(...rule, ...changes), graph, installed, run, stdout }
})

describe.skipIf(noCertificates)("staging with the printed store user", () => {
  it.live(
    "I5 a gateway with the permissions that `comporta store acl` prints can do all its work",
    () =>
      Effect.gen(function* () {
        const { acl, graph, installed, run, stdout } = yield* setup
        assert.match(stdout, /^ACL SETUSER gateway reset on >PASSWORD ~comporta:\* -@all /)
        assert.strictEqual((yield* run("store", "init")).code, 0)
        const program = yield* installed.start
        for (const id of ["wamid.1", "wamid.2", "wamid.1"]) {
          assert.strictEqual((yield* program.deliver(messages(text(id)))).status, 200)
        }
        const [delivered] = yield* program.line("dispatch.delivered", 2)
        assert.strictEqual((yield* program.send("k1")).status, 200)
        assert.strictEqual((yield* program.send("k1")).status, 200)
        assert.lengthOf(graph.effects.all, 1)
        const accepted = yield* ask(`${program.url}/v1/intents`, {
          method: "POST",
          headers: {
            ...bearer("crm"),
            "content-type": "application/json",
            "idempotency-key": "k2",
            prefer: "respond-async"
          },
          body: JSON.stringify({
            connector: "whatsapp",
            account: "support",
            capability: "text",
            to: "+15550001111",
            input: { body: "later" }
          })
        })
        assert.strictEqual(accepted.status, 202)
        yield* graph.effects.until((all) => all.length === 2)
        const operate = (path: string, body: object) =>
          ask(`${program.url}${path}`, {
            method: "POST",
            headers: { ...bearer("crm"), "content-type": "application/json" },
            body: JSON.stringify(body)
          })
        const eventId = String(delivered?.["dedupeKey"] ?? "")
        const replayed = yield* operate(`/v1/events/${eventId}/replay`, { reason: "a test" })
        assert.isBelow(replayed.status, 500)
        assert.strictEqual(
          (yield* operate("/v1/people/forget", { connector: "whatsapp", person: "15550001111" })).status,
          200
        )
        for (const path of ["/v1/events", "/v1/intents?state=sent", "/v1/dead-letters", "/v1/audit", "/v1/accounts"]) {
          assert.strictEqual((yield* program.get(path)).status, 200, path)
        }
        assert.strictEqual((yield* program.get("/readyz")).status, 200)
        assert.deepStrictEqual(yield* acl("LOG"), [[]])
      }),
    60_000
  )

  it.live(
    "I5 a gateway does not start while the store user lacks a permission, and names it",
    () =>
      Effect.gen(function* () {
        const { allow, run } = yield* setup
        assert.strictEqual((yield* run("store", "init")).code, 0)
        yield* allow("-hdel", "-xadd")
        const refused = yield* run("check", "--json")
        assert.strictEqual(refused.code, 78)
        const checks = checksOf(refused.lines.at(-1))
        assert.deepStrictEqual(failedIn(checks), ["store.commands"])
        assert.match(checks.get("store.commands")?.problem ?? "", /may not run hdel, xadd$/)
        yield* allow("resetkeys", "~another:*")
        assert.match(
          checksOf((yield* run("check", "--json")).lines.at(-1)).get("store.commands")?.problem ?? "",
          /key comporta:/
        )
      }),
    60_000
  )
})
