import type * as Duration from "effect/Duration"
import type { SecretRef } from "../secrets/secret-store.ts"

export type Environment = "local" | "staging" | "production"

/** Address of the store. `Memory` only in `local`. */
export type StoreAt =
  | { readonly _tag: "Memory" }
  | { readonly _tag: "Server"; readonly url: string }
  | {
      readonly _tag: "Sentinel"
      readonly name: string
      /** `host:port` of each Sentinel. */
      readonly nodes: readonly [string, ...ReadonlyArray<string>]
      /** Password of the Sentinels themselves. */
      readonly password?: SecretRef
      /** True when Sentinels and servers use TLS. */
      readonly tls?: boolean
    }
  | {
      readonly _tag: "Cluster"
      readonly nodes: readonly [string, ...ReadonlyArray<string>]
      /** Maps an address that the nodes announce to the reachable one, each as `host:port`. */
      readonly natMap?: Readonly<Record<string, string>>
    }

/** Retention of each kind of record (G9). */
export interface RetentionConfig {
  readonly dedupe: Duration.Duration
  readonly delivered: Duration.Duration
  readonly statuses: Duration.Duration
  readonly deadLetters: Duration.Duration
  readonly intents: Duration.Duration
  readonly tombstones: Duration.Duration
}

export interface StoreConfig {
  readonly at: StoreAt
  /** File in PEM of the authorities that check the store's certificates, in place of those that Node trusts. */
  readonly caFile?: string
  /** User of the store's access control list; without it, the default user. */
  readonly username?: string
  readonly password?: SecretRef
  /** Settings that the operator vouches for, where a managed store hides them. */
  readonly declared?: { readonly appendfsync: "always" | "everysec" }
  /** `host`: a write is on disk when acknowledged. `process`: it survives the end of the server, not of the host (G1). */
  readonly durability: "host" | "process"
  /** Number of replicas that must acknowledge a write, where the store can fail over (G1). */
  readonly replicas?: number
  readonly retention: RetentionConfig
  /** Messages per second that the operator expects in each direction. The memory check uses it (G9). */
  readonly rate?: number
  /** Wraps the data keys of the store. Present outside `local`. */
  readonly sealingKey?: SecretRef
  /** Key of all hashes of ids. Present outside `local`. */
  readonly pepper?: SecretRef
}

/** Method by which the process authenticates to Vault. `mount`: the path where the method is mounted. */
export type VaultAuth =
  | { readonly _tag: "Kubernetes"; readonly role: string; readonly mount: string; readonly tokenFile: string }
  | { readonly _tag: "AppRole"; readonly roleId: string; readonly secretIdFile: string; readonly mount: string }
  | { readonly _tag: "TokenFile"; readonly path: string }

export type SecretsFrom =
  | { readonly from: "files"; readonly directory: string }
  | {
      readonly from: "vault"
      readonly address: string
      readonly mount: string
      readonly namespace?: string
      /** File in PEM of the authority that checks Vault's certificate. */
      readonly caFile?: string
      readonly auth: VaultAuth
    }
  | { readonly from: "gcp"; readonly project?: string; readonly endpoint?: string }
  | { readonly from: "aws"; readonly region?: string; readonly endpoint?: string }

/**
 * Source of the secrets; `poll` is the interval between reads, `overlap` the time for which the previous version stays
 * valid.
 */
export type SecretsConfig = SecretsFrom & { readonly poll: Duration.Duration; readonly overlap: Duration.Duration }

/** Value of each header by its name, or the secret that holds it. */
export type PushHeaders = Readonly<Record<string, string | { readonly secret: SecretRef }>>

/** Settings of the delivery of events to the runtime. */
export interface PushConfig {
  readonly _tag: "Push"
  /** URL of the runtime. Its query is a secret: no log line, error, metric or trace contains it. */
  readonly url: string
  readonly secret: SecretRef
  /** Headers sent with each delivery. */
  readonly headers?: PushHeaders
  /** Time limit of one whole delivery. */
  readonly timeout: Duration.Duration
  /** File in PEM of the authorities that check the runtime's certificate, in place of those that Node trusts. */
  readonly caFile?: string
  /** `mesh`: the operator declares that a service mesh encrypts the plain HTTP of the gateway. */
  readonly transport?: "mesh"
}

export type RuntimeConfig = PushConfig | { readonly _tag: "Pull" }

export type Scope = "send" | "read" | "operate"

export interface ApiKeyConfig {
  readonly id: string
  readonly secret: SecretRef
  readonly scopes: ReadonlyArray<Scope>
  /** Namespace of idempotency keys (G13); without it, the key's id. */
  readonly namespace: string
}

export interface AccountConfig {
  /** References by the names that the connector declares. */
  readonly secrets: Readonly<Record<string, SecretRef>>
  /** Keys beside `secrets`, as written. The connector's own schema decodes them. */
  readonly settings: Readonly<Record<string, unknown>>
}

export interface ConnectorConfig {
  /** A path or package of a connector that is not built in. */
  readonly from?: string
  readonly secrets: Readonly<Record<string, SecretRef>>
  /** Accounts by the operator's alias. */
  readonly accounts: Readonly<Record<string, AccountConfig>>
  /** Ids that are unique within the connector: `text`. */
  readonly capabilities: ReadonlyArray<string>
  /** Keys beside `from`, `secrets`, `accounts` and `capabilities`, as written. */
  readonly settings: Readonly<Record<string, unknown>>
}

/** Address that a server listens on. */
export interface ListenAddress {
  readonly host: string
  readonly port: number
}

export interface ServerConfig extends ListenAddress {
  /** Address of the API, metrics and documentation. Without it, they share the address of webhooks. */
  readonly management?: ListenAddress
}

/** Files and keys of the gate. Absent in `local`. */
export interface ReadinessConfig {
  /** File of the trusted public keys, with their roles and dates. */
  readonly trust: string
  /** Private key in PEM that signs the evidence of staging. */
  readonly recorder?: SecretRef
  /** Files of signed build records, of this release and of earlier ones. */
  readonly build: ReadonlyArray<string>
  /** Files of certificates that production may start with. */
  readonly certificate: ReadonlyArray<string>
  /** File of the document that opens production for a limited time. */
  readonly breakGlass?: string
}

/** Settings that only staging has. */
export interface StagingConfig {
  /** Test people by connector. Each secret holds the `to` of one person. */
  readonly people: Readonly<Record<string, ReadonlyArray<SecretRef>>>
}

/** The operator's configuration (`docs/reference/configuration.md`), with defaults filled in and its parts consistent. */
export interface Config {
  readonly environment: Environment
  readonly server: ServerConfig
  readonly store: StoreConfig
  /** Present outside `local`. */
  readonly secrets?: SecretsConfig
  /** Present outside `local`. */
  readonly runtime?: RuntimeConfig
  readonly api: { readonly keys: ReadonlyArray<ApiKeyConfig> }
  readonly boot: { readonly deadCredential: "refuse" | "pause" }
  readonly telemetry?: { readonly otlp?: { readonly endpoint: string } }
  readonly readiness?: ReadinessConfig
  readonly staging: StagingConfig
  /** Connectors by their id. */
  readonly connectors: Readonly<Record<string, ConnectorConfig>>
}
