import * as net from "node:net"
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { listOf, objectOf } from "../../../plugins/meta/read-json.ts"
import { listening } from "../../support/http.ts"
import { type Ended, installation } from "../../support/program.ts"
import { businessAccountId, phoneNumberId } from "../../support/webhook.ts"

/** Takes every connection and never says a word. */
const mute = Effect.map(
  Effect.acquireRelease(
    Effect.callback<net.Server>((resume) => {
      const server = net.createServer()
      server.listen(0, "127.0.0.1", () => resume(Effect.succeed(server)))
    }),
    (server) => Effect.sync(() => server.close())
  ),
  (server) => {
    const address = server.address()
    return `127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`
  }
)

interface World {
  readonly environment?: string
  readonly store?: string
  readonly provider?: string
  readonly secrets?: (directory: string) => string
}

const file =
  ({ environment = "staging", store = "127.0.0.1:9", provider = "http://127.0.0.1:9", secrets }: World) =>
  (directory: string, port: number) => {
    writeFileSync(join(directory, "token"), "a-token")
    return `
environment: ${environment}
server: { host: 127.0.0.1, port: ${port} }
store: { url: "redis://${store}", sealingKey: store/sealing-key, pepper: store/pepper }
secrets: ${secrets === undefined ? `{ from: files, directory: "${directory}/secrets" }` : secrets(directory)}
runtime: { push: { url: "https://runtime.test/comporta", secret: runtime/signing } }
api: { keys: [{ id: crm, secret: api/crm, scopes: [send] }] }
connectors:
  whatsapp:
    graph: { version: v25.0, baseUrl: "${provider}" }
    secrets: { appSecret: meta/app-secret, verifyToken: meta/verify-token }
    accounts:
      support: { phoneNumberId: "${phoneNumberId}", businessAccountId: "${businessAccountId}", secrets: { accessToken: whatsapp/support } }
    capabilities: [text]
`
  }

const inA = (world: World) => Effect.flatMap(installation({ sealed: true, file: file(world) }), ({ run }) => run())

const statesIn = ({ lines }: Ended) =>
  new Map(
    (listOf(lines.at(-1)?.["checks"]) ?? []).map((check) => [
      String(objectOf(check)?.["name"]),
      String(objectOf(check)?.["state"])
    ])
  )

const behindTheStore = [
  "version",
  "primary",
  "eviction",
  "durability",
  "replicas",
  "clock",
  "memory",
  "stamp",
  "writable"
]

describe("I5 boot with hanging services", () => {
  it.live(
    "a boot with a hanging secret store reports each secret, and makes every check without secrets",
    () =>
      Effect.gen(function* () {
        const vault = yield* mute
        const ended = yield* inA({
          secrets: (directory) =>
            `{ from: vault, address: "http://${vault}", auth: { tokenFile: "${directory}/token" } }`
        })
        assert.strictEqual(ended.code, 78)
        const states = statesIn(ended)
        const failed = [...states].flatMap(([name, state]) => (state === "failed" ? [name] : []))
        assert.sameMembers(
          failed.filter((name) => name !== "store.reachable"),
          [
            "store/sealing-key",
            "store/pepper",
            "runtime/signing",
            "api/crm",
            "meta/app-secret",
            "meta/verify-token",
            "whatsapp/support"
          ].map((ref) => `secret:${ref}`)
        )
        for (const name of ["process", "leak:environment", "leak:dotenv", "store.retention"]) {
          assert.strictEqual(states.get(name), "ok", name)
        }
        assert.strictEqual(states.get("provider:whatsapp"), "blocked")
      }),
    60_000
  )

  it.live(
    "a boot with a hanging store fails that check alone, and reports each check that waits for it",
    () =>
      Effect.gen(function* () {
        const graph = yield* listening((_, __, response) => response.end("{}"))
        const ended = yield* inA({ store: yield* mute, provider: `http://127.0.0.1:${graph.port}` })
        assert.strictEqual(ended.code, 78)
        const states = statesIn(ended)
        assert.strictEqual(states.get("store.reachable"), "failed")
        for (const name of behindTheStore) assert.strictEqual(states.get(`store.${name}`), "blocked", name)
        assert.strictEqual(states.get("store.retention"), "ok")
      }),
    60_000
  )

  it.live(
    "a boot with a hanging provider fails that account's check",
    () =>
      Effect.gen(function* () {
        const ended = yield* inA({ provider: `http://${yield* mute}` })
        assert.strictEqual(statesIn(ended).get("provider:whatsapp/support"), "failed")
      }),
    60_000
  )

  it.live("a boot with a simulated provider is reported in staging, and production is refused", () =>
    Effect.gen(function* () {
      const production = statesIn(yield* inA({ environment: "production" }))
      assert.deepStrictEqual([...production], [["readiness", "failed"]])
      const staging = yield* inA({})
      assert.strictEqual(statesIn(staging).get("genuine:whatsapp"), "ok")
      assert.include(staging.stderr + staging.stdout, "graph.baseUrl")
    })
  )
})
