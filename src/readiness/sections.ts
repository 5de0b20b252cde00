import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { sha256Of } from "../attestation/digest.ts"
import type { Config, ConnectorConfig, SecretsConfig, StoreConfig } from "../config/config.ts"
import { runtimeTransport } from "../config/rules.ts"
import type { Connector } from "../connector/connector.ts"
import { canonicalJson } from "../domain/json.ts"
import type { Sha256 } from "../domain/sha256.ts"
import type { World } from "./world.ts"

/** One structural field. An operator chose it in a file, or the world gave it. */
export interface SectionField {
  readonly value: string
  readonly origin: "chosen" | "world"
}

export type SectionFields = Readonly<Record<string, SectionField>>

/**
 * Structural fields by section: `platform`, `store`, `secrets`, `runtime`, `connector:<id>`. They hold words, numbers and
 * versions, and never a host, an account, a secret or the path of one. A list of capabilities is in none.
 */
export type Sections = Readonly<Record<string, SectionFields>>

/** Configuration with the connectors of the program. */
export interface ConfiguredWith {
  readonly config: Config
  readonly connectors: ReadonlyArray<Connector>
}

type Values = Readonly<Record<string, string | undefined>>

const fieldsOf = (origin: SectionField["origin"], values: Values): SectionFields =>
  Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [[name, { value, origin }]]))
  )

const chosen = (values: Values) => fieldsOf("chosen", values)
const world = (values: Values) => fieldsOf("world", values)

const isSet = (value: unknown) => (value === undefined ? "absent" : "set")

const isSecure = (url: string) => url.startsWith("rediss:")

const topologyOf = ({ at }: StoreConfig): { readonly topology: string; readonly tls: boolean } => {
  switch (at._tag) {
    case "Memory":
      return { topology: "memory", tls: false }
    case "Server":
      return { topology: "server", tls: isSecure(at.url) }
    case "Sentinel":
      return { topology: "sentinel", tls: at.tls === true }
    case "Cluster":
      return { topology: "cluster", tls: at.nodes.every(isSecure) }
  }
}

const storeOf = (store: StoreConfig, seen: World["store"]): SectionFields => {
  const { topology, tls } = topologyOf(store)
  return {
    ...chosen({
      topology,
      tls: tls ? "on" : "off",
      caFile: isSet(store.caFile),
      username: isSet(store.username),
      password: isSet(store.password),
      durability: store.durability,
      "declared.appendfsync": store.declared?.appendfsync ?? "absent",
      replicas: String(store.replicas ?? 0),
      sealingKey: isSet(store.sealingKey),
      pepper: isSet(store.pepper),
      ...Object.fromEntries(
        Object.entries(store.retention).map(([name, time]) => [`retention.${name}`, Duration.format(time)])
      )
    }),
    ...(seen === undefined ? {} : world({ ...seen }))
  }
}

const secretsOf = (secrets: SecretsConfig | undefined): SectionFields => {
  if (secrets === undefined) return chosen({ from: "none" })
  if (secrets.from !== "vault") return chosen({ from: secrets.from })
  const { auth, namespace, caFile } = secrets
  return chosen({ from: "vault", auth: auth._tag, namespace: isSet(namespace), caFile: isSet(caFile) })
}

const runtimeOf = ({ runtime, boot }: Config): SectionFields =>
  chosen({
    deadCredential: boot.deadCredential,
    delivery: runtime?._tag.toLowerCase() ?? "none",
    ...(runtime?._tag === "Push" ? { transport: runtimeTransport(runtime), caFile: isSet(runtime.caFile) } : {})
  })

const connectorOf = (connector: Connector, raw: ConnectorConfig): SectionFields | undefined => {
  const configured = connector.configure(raw)
  if (Result.isFailure(configured)) return undefined
  const { genuine, structure, secretNames } = configured.success
  return chosen({
    ...structure,
    provider: genuine ? "genuine" : "substitute",
    ...Object.fromEntries(secretNames.map((name) => [`secrets.${name}`, "set"]))
  })
}

/** Returns the structural fields of a configuration. A connector whose settings are mistaken has no section. */
export const sectionsOf = ({
  config,
  connectors,
  world: seen
}: ConfiguredWith & { readonly world: World }): Sections => ({
  platform: world({ platform: seen.platform, architecture: seen.architecture }),
  store: storeOf(config.store, seen.store),
  secrets: secretsOf(config.secrets),
  runtime: runtimeOf(config),
  ...Object.fromEntries(
    Object.entries(config.connectors).flatMap(([id, raw]) => {
      const connector = connectors.find((one) => one.id === id)
      const fields = connector === undefined ? undefined : connectorOf(connector, raw)
      return fields === undefined ? [] : [[`connector:${id}`, fields]]
    })
  )
})

const utf8 = new TextEncoder()

/** Returns the digest of each section: over the fields that an operator chose, and over all of `platform`. */
export const sectionDigests = Effect.fnUntraced(function* (sections: Sections) {
  const digests: Record<string, Sha256> = {}
  for (const [name, fields] of Object.entries(sections)) {
    const counted = Object.entries(fields).filter(([, { origin }]) => origin === "chosen" || name === "platform")
    const values = Object.fromEntries(counted.map(([field, { value }]) => [field, value]))
    digests[name] = yield* sha256Of(utf8.encode(canonicalJson(values)))
  }
  return digests
})
