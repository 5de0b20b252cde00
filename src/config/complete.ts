import type {
  AccountConfig,
  Config,
  ConnectorConfig,
  Environment,
  ReadinessConfig,
  SecretsConfig,
  StoreAt,
  StoreConfig
} from "./config.ts"
import type { Account, ConnectorSchema, File } from "./schema.ts"
import { vaultAuth } from "./secrets-schema.ts"
import { retentionDefaults } from "./store-schema.ts"

const addressOf = (store: Exclude<File["store"], undefined | "memory">): StoreAt => {
  if (store.url !== undefined) return { _tag: "Server", url: store.url }
  if (store.sentinel !== undefined) return { _tag: "Sentinel", ...store.sentinel }
  return { _tag: "Cluster", ...store.cluster }
}

const storeOf = (store: File["store"]): StoreConfig => {
  if (store === undefined || store === "memory") {
    return { at: { _tag: "Memory" }, durability: "process", retention: retentionDefaults }
  }
  const { url: _url, sentinel: _sentinel, cluster: _cluster, ...kept } = store
  return { at: addressOf(store), ...kept }
}

const secretsFrom = (secrets: Exclude<File["secrets"], undefined>): SecretsConfig => {
  if (secrets.from === "vault") return { ...secrets, auth: vaultAuth(secrets.auth) }
  if (secrets.from !== "files") return secrets
  const { poll, overlap } = secrets
  return { from: "files", directory: secrets.directory ?? secrets.files.directory, poll, overlap }
}

const listOf = (paths: string | ReadonlyArray<string> = []) => (typeof paths === "string" ? [paths] : paths)

const readinessOf = ({ build, certificate, ...kept }: Exclude<File["readiness"], undefined>): ReadinessConfig => ({
  ...kept,
  build: listOf(build),
  certificate: listOf(certificate)
})

const accountOf = ({ secrets, ...settings }: typeof Account.Type): AccountConfig => ({
  secrets,
  settings
})

const connectorOf = ({
  from,
  secrets,
  accounts,
  capabilities,
  ...settings
}: typeof ConnectorSchema.Type): ConnectorConfig => ({
  ...(from === undefined ? {} : { from }),
  secrets,
  accounts: Object.fromEntries(Object.entries(accounts).map(([alias, account]) => [alias, accountOf(account)])),
  capabilities,
  settings
})

/** Returns the complete configuration of a file in one environment. `rules.ts` has found the file consistent. */
export const complete = (file: File, environment: Environment, port: number | undefined): Config => {
  const { server, store, secrets, runtime, api, boot, telemetry, readiness, staging, connectors } = file
  const { host = environment === "local" ? "127.0.0.1" : "0.0.0.0", management } = server
  return {
    environment,
    server: {
      host,
      port: port ?? server.port,
      ...(management === undefined ? {} : { management: { host, ...management } })
    },
    store: storeOf(store),
    ...(secrets === undefined ? {} : { secrets: secretsFrom(secrets) }),
    ...(runtime === undefined
      ? {}
      : { runtime: runtime.push === undefined ? { _tag: "Pull" } : { _tag: "Push", ...runtime.push } }),
    api: { keys: api.keys.map(({ id, secret, scopes, namespace = id }) => ({ id, secret, scopes, namespace })) },
    boot,
    ...(telemetry === undefined ? {} : { telemetry }),
    ...(readiness === undefined ? {} : { readiness: readinessOf(readiness) }),
    staging: { people: staging?.people ?? {} },
    connectors: Object.fromEntries(Object.entries(connectors).map(([id, connector]) => [id, connectorOf(connector)]))
  }
}
