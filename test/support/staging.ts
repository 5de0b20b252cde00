import * as Effect from "effect/Effect"
import { objectOf } from "../../plugins/meta/read-json.ts"
import type { Json } from "../../src/domain/json.ts"
import { comporta, installation } from "./program.ts"
import { provider } from "./provider.ts"
import { redisServer } from "./redis-server.ts"
import { businessAccountId, phoneNumberId } from "./webhook.ts"

/** Arguments of a Redis server that passes the boot checks of staging. */
export const durable = ["--appendonly", "yes", "--appendfsync", "always", "--maxmemory", "512mb"]

/** Returns the configuration file for staging; `store` adds keys to the store beside its URL. */
export const stagingFile = (
  directory: string,
  port: number,
  {
    redisUrl,
    graph,
    store = "",
    server = "",
    runtime = `url: "https://runtime.test/comporta"`
  }: {
    readonly redisUrl: string
    readonly graph: string
    readonly store?: string
    readonly server?: string
    readonly runtime?: string
  }
) => `
environment: staging
server: { host: 127.0.0.1, port: ${port}${server} }
store: { url: "${redisUrl}", sealingKey: store/sealing-key, pepper: store/pepper${store} }
secrets: { from: files, directory: "${directory}/secrets" }
runtime: { push: { ${runtime}, secret: runtime/signing } }
api: { keys: [{ id: crm, secret: api/crm, scopes: [send, read, operate] }] }
connectors:
  whatsapp:
    graph: { version: v25.0, baseUrl: "${graph}" }
    secrets: { appSecret: meta/app-secret, verifyToken: meta/verify-token }
    accounts:
      support: { phoneNumberId: "${phoneNumberId}", businessAccountId: "${businessAccountId}", secrets: { accessToken: whatsapp/support } }
    capabilities: [text]
`

/** Starts a store for staging and a provider that answers probes, with a configuration file that names both. */
export const stagingSetup = Effect.gen(function* () {
  const redis = yield* redisServer(durable)
  const graph = yield* provider()
  const installed = yield* installation({
    sealed: true,
    file: (directory, port) => stagingFile(directory, port, { redisUrl: redis.url, graph: graph.url })
  })
  const store = (...words: ReadonlyArray<string>) => comporta(["store", ...words, "--config", installed.file, "--json"])
  return { redis, graph, installed, store }
})

type Checks = ReadonlyMap<string, { readonly state: string; readonly problem: string; readonly remedy: string }>

/** Returns the checks of a report by name. */
export const checksOf = (line: Json | undefined): Checks => {
  const checks: Json | undefined = objectOf(line)?.["checks"]
  return new Map(
    (Array.isArray(checks) ? checks : []).map((check: Json) => {
      const { name, state, problem = "", remedy = "" } = objectOf(check) ?? {}
      return [String(name), { state: String(state), problem: String(problem), remedy: String(remedy) }]
    })
  )
}

export const failedIn = (checks: Checks) =>
  [...checks].flatMap(([name, { state }]) => (state === "failed" ? [name] : []))
