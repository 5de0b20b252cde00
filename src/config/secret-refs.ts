import type { SecretRef } from "../secrets/secret-store.ts"
import type { Config, ConnectorConfig, RuntimeConfig } from "./config.ts"

/** Returns every secret that one connector and its accounts name. */
export const refsOfConnector = ({ secrets, accounts }: ConnectorConfig) =>
  Object.values(secrets).concat(Object.values(accounts).flatMap((account) => Object.values(account.secrets)))

/** Returns every secret that deliveries to the runtime need. */
export const runtimeSecretRefs = (runtime: RuntimeConfig | undefined): ReadonlyArray<SecretRef> =>
  runtime?._tag === "Push"
    ? [
        runtime.secret,
        ...Object.values(runtime.headers ?? {}).flatMap((value) => (typeof value === "string" ? [] : [value.secret]))
      ]
    : []

/** Returns every secret that the configuration names, each once, in the order of the file. */
export const secretRefs = ({ store, runtime, api, connectors }: Config): ReadonlyArray<SecretRef> => {
  const named = [
    store.password,
    store.at._tag === "Sentinel" ? store.at.password : undefined,
    store.sealingKey,
    store.pepper,
    ...runtimeSecretRefs(runtime),
    ...api.keys.map(({ secret }) => secret),
    ...Object.values(connectors).flatMap(refsOfConnector)
  ]
  return [...new Set(named.filter((ref) => ref !== undefined))]
}
