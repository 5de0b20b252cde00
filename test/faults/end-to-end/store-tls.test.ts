import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { objectOf } from "../../../plugins/meta/read-json.ts"
import type { Json } from "../../../src/domain/json.ts"
import { authority } from "../../support/certificates.ts"
import { comporta, type Ended, installation } from "../../support/program.ts"
import { redisCluster } from "../../support/redis-cluster.ts"
import { secureSentinel } from "../../support/redis-sentinel.ts"
import { redisServer } from "../../support/redis-server.ts"
import { noTls } from "../../support/redis-tls.ts"
import { businessAccountId, messages, phoneNumberId, text } from "../../support/webhook.ts"

const sesame = "sesame-of-the-store"

const file = (environment: string, store: string, password: string) => (directory: string, port: number) =>
  `
environment: ${environment}
server: { host: 127.0.0.1, port: ${port} }
store: { ${store}, durability: process${password}, sealingKey: store/sealing-key, pepper: store/pepper }
secrets: { from: files, directory: "${directory}/secrets" }
runtime: { push: { url: "https://runtime.test/comporta", secret: runtime/signing } }
connectors:
  whatsapp:
    graph: { version: v25.0, baseUrl: "http://127.0.0.1:9" }
    secrets: { appSecret: meta/app-secret, verifyToken: meta/verify-token }
    accounts:
      support: { phoneNumberId: "${phoneNumberId}", businessAccountId: "${businessAccountId}", secrets: { accessToken: whatsapp/support } }
    capabilities: [text]
`

const installed = (store: string, environment = "local", password = ", password: redis/password") =>
  installation({ sealed: true, secrets: { "redis/password": sesame }, file: file(environment, store, password) })

interface Check {
  readonly name: string
  readonly state: string
  readonly problem: string
}

const checksOf = ({ lines }: Ended, environment = "local"): ReadonlyArray<Check> => {
  const checks = lines.find(({ event }) => event === "boot.refused")?.["checks"]
  return (Array.isArray(checks) ? checks : [])
    .map((one: Json) => objectOf(one))
    .map((one) => ({ name: String(one?.["name"]), state: String(one?.["state"]), problem: String(one?.["problem"]) }))
    .filter(({ name }) => environment !== "local" || name.startsWith("store."))
}

const setup = Effect.gen(function* () {
  const { caFile, directory, sign } = yield* authority
  const { url, tlsPort } = yield* redisServer(["--requirepass", sesame], sign("IP:127.0.0.1"))
  return { caFile, directory, url, at: `127.0.0.1:${tlsPort}` }
})

describe.skipIf(noTls)("store over TLS", () => {
  it.live("the program serves with a configured authority, and the check reports success", () =>
    Effect.gen(function* () {
      const { caFile, url } = yield* setup
      const place = yield* installed(`url: "${url}", caFile: "${caFile}"`)
      const check = yield* comporta(["check", "--config", place.file])
      assert.strictEqual(check.code, 0, check.stderr)
      assert.match(check.stdout, /^ok {7}store\.reachable$/m)
      assert.notInclude(check.stdout, "store.authority")
      const program = yield* place.start
      assert.strictEqual((yield* program.get("/readyz")).status, 200)
      assert.strictEqual((yield* program.deliver(messages(text("wamid.1")))).status, 200)
    })
  )

  it.live("the program serves over a cluster and over Sentinel with TLS at each node", () =>
    Effect.gen(function* () {
      const { caFile, sign } = yield* authority
      const certificate = sign("IP:127.0.0.1")
      const { urls } = yield* redisCluster(0, { certificate })
      const { name, nodes } = yield* secureSentinel(certificate)
      for (const [kind, at] of [
        ["cluster", `cluster: { nodes: ${JSON.stringify(urls)} }`],
        ["sentinel", `sentinel: { name: ${name}, nodes: ${JSON.stringify(nodes)}, tls: true }, replicas: 2`]
      ] as const) {
        const place = yield* installed(`${at}, caFile: "${caFile}"`, "local", "")
        const program = yield* place.start
        assert.strictEqual((yield* program.get("/readyz")).status, 200)
        assert.strictEqual((yield* program.deliver(messages(text("wamid.1")))).status, 200)
        const untold = checksOf(yield* (yield* installed(at, "local", "")).run())
        assert.deepInclude(untold[0], { name: "store.reachable", state: "failed" })
        assert.include(untold[0]?.problem, "(TLS: SELF_SIGNED_CERT_IN_CHAIN): store_tls", kind)
      }
    })
  )

  it.live("the program does not start with a foreign certificate, and quotes nothing of it", () =>
    Effect.gen(function* () {
      const { at, url } = yield* setup
      const stranger = yield* authority
      for (const store of [`url: "${url}"`, `url: "${url}", caFile: "${stranger.caFile}"`]) {
        const place = yield* installed(store)
        for (const ended of [yield* place.run(), yield* comporta(["check", "--config", place.file, "--json"])]) {
          assert.strictEqual(ended.code, 78)
          const [reached, stamp] = checksOf(ended)
          const problem = `connect to the store at ${at} (TLS: SELF_SIGNED_CERT_IN_CHAIN): store_tls`
          assert.deepStrictEqual(reached, { name: "store.reachable", state: "failed", problem })
          assert.strictEqual(stamp?.state, "blocked")
          assert.notMatch(ended.stdout + ended.stderr, /CERTIFICATE-----|of a test|sesame/)
        }
      }
    })
  )

  it.live.each(["local", "staging"])(
    "the program does not start in %s when the authority file is invalid",
    (environment) =>
      Effect.gen(function* () {
        const { directory, url } = yield* setup
        writeFileSync(join(directory, "words"), "no certificate")
        writeFileSync(join(directory, "half"), `-----BEGIN CERTIFICATE-----\nhalf of it\n`)
        for (const [name, reason] of [
          ["nothing", "it cannot be read"],
          ["words", "it holds no certificate"],
          ["half", "it holds a certificate that cannot be parsed"]
        ] as const) {
          const path = join(directory, name)
          const place = yield* installed(`url: "${url}", caFile: "${path}"`, environment)
          const ended = yield* place.run()
          assert.strictEqual(ended.code, 78)
          const checks = checksOf(ended, environment)
          assert.deepInclude(checks, { name: "store.authority", state: "failed", problem: `${path}: ${reason}` })
          assert.deepInclude(checks, {
            name: "store.reachable",
            state: "blocked",
            problem: "waits for store.authority"
          })
          const init = yield* comporta(["store", "init", "--config", place.file])
          assert.deepStrictEqual([init.code, init.stderr.includes(`${path}: ${reason}`)], [78, true])
        }
      })
  )
})
