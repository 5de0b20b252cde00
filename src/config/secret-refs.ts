import { looksSecret } from "../domain/shown.ts"
import type { SecretRef } from "../secrets/secret-store.ts"
import type { Config, ConnectorConfig, RuntimeConfig } from "./config.ts"
import type { Breach } from "./mistakes.ts"

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
export const secretRefs = ({
  store,
  runtime,
  api,
  readiness,
  staging,
  connectors
}: Config): ReadonlyArray<SecretRef> => {
  const named = [
    store.password,
    store.at._tag === "Sentinel" ? store.at.password : undefined,
    store.sealingKey,
    store.pepper,
    ...runtimeSecretRefs(runtime),
    ...api.keys.map(({ secret }) => secret),
    readiness?.recorder,
    ...Object.values(staging.people).flat(),
    ...Object.values(connectors).flatMap(refsOfConnector)
  ]
  return [...new Set(named.filter((ref) => ref !== undefined))]
}

type Written = (...path: ReadonlyArray<string>) => unknown

/** Returns the keys of a raw value; none where it has no keys. */
export const keysWithin = (value: unknown): ReadonlyArray<string> =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? Object.keys(value) : []

const indices = (value: unknown): ReadonlyArray<number> => (Array.isArray(value) ? [...value.keys()] : [])

type Place = ReadonlyArray<string | number>

/** Returns the paths whose value is a name. */
const named = (written: Written): ReadonlyArray<Place> => [
  ["store", "sentinel", "name"],
  ["store", "username"],
  ...indices(written("api", "keys")).flatMap((at): ReadonlyArray<Place> => [
    ["api", "keys", at, "id"],
    ["api", "keys", at, "namespace"]
  ]),
  ...keysWithin(written("connectors")).flatMap((id) =>
    indices(written("connectors", id, "capabilities")).map((at): Place => ["connectors", id, "capabilities", at])
  )
]

/** Returns the paths whose last key is a name. */
const naming = (written: Written): ReadonlyArray<Place> => {
  const connectors = keysWithin(written("connectors"))
  const accounts = connectors.flatMap((id) =>
    keysWithin(written("connectors", id, "accounts")).map((alias): Place => ["connectors", id, "accounts", alias])
  )
  const headers = keysWithin(written("runtime", "push", "headers"))
  return [
    ...headers.map((name): Place => ["runtime", "push", "headers", name]),
    ...connectors.map((id): Place => ["connectors", id]),
    ...accounts
  ]
}

/** Rejects a name that looks like a secret, since logs, metrics and answers contain names. */
export const secretsInNames = (written: Written): ReadonlyArray<Breach> =>
  [
    ...named(written).map((path) => ({ path, name: written(...path.map(String)) })),
    ...naming(written).map((path) => ({ path, name: path.at(-1) }))
  ].flatMap(({ path, name }) =>
    typeof name === "string" && looksSecret(name)
      ? [{ path, message: "expected a name, and this looks like a secret: choose a name that a person would read" }]
      : []
  )
