import type * as Duration from "effect/Duration"
import type { SecretRef } from "../secrets/secret-store.ts"

export type Environment = "local" | "staging" | "production"

/** Where the store is. `Memory` only in `local`. */
export type StoreAt =
  | { readonly _tag: "Memory" }
  | { readonly _tag: "Server"; readonly url: string }
  | {
      readonly _tag: "Sentinel"
      readonly name: string
      /** `host:port` of each Sentinel. */
      readonly nodes: readonly [string, ...ReadonlyArray<string>]
      /** Of the Sentinels themselves. */
      readonly password?: SecretRef
      /** Sentinels and servers speak TLS. */
      readonly tls?: boolean
    }
  | {
      readonly _tag: "Cluster"
      readonly nodes: readonly [string, ...ReadonlyArray<string>]
      /** From an address that the nodes announce to the one that it is reached by, each as `host:port`. */
      readonly natMap?: Readonly<Record<string, string>>
    }

/** How long each kind of record stays (G9). */
export interface Retention {
  readonly dedupe: Duration.Duration
  readonly delivered: Duration.Duration
  readonly deadLetters: Duration.Duration
  readonly intents: Duration.Duration
  readonly tombstones: Duration.Duration
}

export interface StoreConfig {
  readonly at: StoreAt
  /** PEM of the authorities that its certificates are checked against, in place of those that Node trusts. */
  readonly caFile?: string
  /** Of the store's access control list; its default user unless given. */
  readonly username?: string
  readonly password?: SecretRef
  /** What the operator vouches for where a managed store hides it. */
  readonly declared?: { readonly appendfsync: "always" | "everysec" }
  /** `host`: a write is on disk when acknowledged; `process`: it survives the server's end, not the host's (G1). */
  readonly durability: "host" | "process"
  /** Replicas that must acknowledge a write, where the store can fail over (G1). */
  readonly replicas?: number
  readonly retention: Retention
  /** Events, and intents, a second that the operator expects: what memory is reckoned by (G9). */
  readonly rate?: number
  /** Present outside `local`. */
  readonly sealingKey?: SecretRef
  /** Present outside `local`. */
  readonly pepper?: SecretRef
}

/** How a process proves to Vault who it is. `mount`: where that way is mounted. */
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
      /** PEM of the authority that Vault's certificate is checked against. */
      readonly caFile?: string
      readonly auth: VaultAuth
    }
  | { readonly from: "gcp"; readonly project?: string; readonly endpoint?: string }
  | { readonly from: "aws"; readonly region?: string; readonly endpoint?: string }

/** Where secrets come from, how often they are read again, and how long the version before is still accepted. */
export type SecretsConfig = SecretsFrom & { readonly poll: Duration.Duration; readonly overlap: Duration.Duration }

/** By the header's name: its value, or the secret that holds it. */
export type PushHeaders = Readonly<Record<string, string | { readonly secret: SecretRef }>>

/** How events are pushed to the company's application. */
export interface PushConfig {
  readonly _tag: "Push"
  /** Its query is a secret: no line, error, metric or trace has it. */
  readonly url: string
  readonly secret: SecretRef
  /** Sent with each delivery. */
  readonly headers?: PushHeaders
  /** Of one delivery as a whole. */
  readonly timeout: Duration.Duration
  /** PEM of the authorities that the runtime's certificate is checked against, in place of those that Node trusts. */
  readonly caFile?: string
}

export type RuntimeConfig = PushConfig | { readonly _tag: "Pull" }

export type Scope = "send" | "read" | "operate"

export interface ApiKeyConfig {
  readonly id: string
  readonly secret: SecretRef
  readonly scopes: ReadonlyArray<Scope>
  /** Of idempotency keys (G13): the key's id unless given. */
  readonly namespace: string
}

export interface AccountConfig {
  /** Names that the connector declares, to references. */
  readonly secrets: Readonly<Record<string, SecretRef>>
  /** The keys beside `secrets`, as written: the connector's own schema reads them. */
  readonly settings: Readonly<Record<string, unknown>>
}

export interface ConnectorConfig {
  /** A path or package, when it is not built in. */
  readonly from?: string
  readonly secrets: Readonly<Record<string, SecretRef>>
  /** By the operator's alias. */
  readonly accounts: Readonly<Record<string, AccountConfig>>
  /** `text`: unique within the connector. */
  readonly capabilities: ReadonlyArray<string>
  /** The keys beside `from`, `secrets`, `accounts` and `capabilities`, as written. */
  readonly settings: Readonly<Record<string, unknown>>
}

/** What the operator's file says (`docs/reference/configuration.md`), with defaults in place and its parts consistent with each other. */
export interface Config {
  readonly environment: Environment
  readonly server: { readonly host: string; readonly port: number; readonly trustedProxies: ReadonlyArray<string> }
  readonly store: StoreConfig
  /** Present outside `local`. */
  readonly secrets?: SecretsConfig
  /** Present outside `local`. */
  readonly runtime?: RuntimeConfig
  readonly api: { readonly keys: ReadonlyArray<ApiKeyConfig> }
  readonly boot: { readonly deadCredential: "refuse" | "pause" }
  readonly telemetry?: { readonly otlp?: { readonly endpoint: string } }
  readonly readiness?: { readonly certificate: string; readonly publicKey: string }
  /** By the connector's id. */
  readonly connectors: Readonly<Record<string, ConnectorConfig>>
}
