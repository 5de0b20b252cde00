import type * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import type * as Redacted from "effect/Redacted"
import type * as CryptoDigest from "effect/crypto/Digest"
import type * as Signature from "effect/crypto/Signature"
import type { Host } from "../boot/host.ts"
import type { LastProofs } from "../boot/last-proofs.ts"
import type { RuntimeUnreached } from "../boot/runtime-check.ts"
import type { StoreAdmin, StoreWatch } from "../boot/store-services.ts"
import type { Config, PushConfig, SecretsConfig, StoreConfig } from "../config/config.ts"
import type { SecretReader } from "../connector/channel.ts"
import type { Connector } from "../connector/connector.ts"
import type { Digest } from "../connector/inbound.ts"
import type { ProviderHttp } from "../connector/provider-http.ts"
import type { InfraError } from "../domain/failure.ts"
import type { EvidenceStore } from "../gate/evidence/evidence-store.ts"
import type { ApiKeys, Client } from "../http/auth/api-keys.ts"
import type { BrowserPage } from "../http/server/made-page.ts"
import type { WebServer } from "../http/server/web-server.ts"
import type { Breaker } from "../inbound/deliver/circuit-breaker.ts"
import type { EventLog } from "../inbound/event-log/event-log.ts"
import type { EventRecords } from "../inbound/event-log/event-admin.ts"
import type { Failovers } from "../inbound/event-log/failovers.ts"
import type { Replies } from "../inbound/replies/replies.ts"
import type { Runtime } from "../inbound/runtime/runtime.ts"
import type { Log } from "../log/log.ts"
import type { Accounts } from "../outbound/accounts/accounts.ts"
import type { IntentLanes } from "../outbound/queue/intent-lanes.ts"
import type { IntentLedger } from "../outbound/ledger/intent-ledger.ts"
import type { Aliases } from "../partition/aliases.ts"
import type { AuditLog } from "../audit/audit-log.ts"
import type { Deployment, StampRefused } from "../deployment/deployment.ts"
import type { StoreClock } from "../partition/store-clock.ts"
import type { Partitions } from "../partition/partitions.ts"
import type { IdHash } from "../secrets/id-hash.ts"
import type { RunningRelease, ShippedFiles } from "../release/shipped-files.ts"
import type { BadAuthority, BadSecret, SecretStore, SecretUnavailable } from "../secrets/secret-store.ts"
import type { DataKeysGone, Sealer } from "../secrets/sealer.ts"
import type { SecretHandle, Secrets } from "../secrets/secrets.ts"

/** The services that a store implements. */
export type StoreServices =
  | Aliases
  | EventLog
  | EventRecords
  | Failovers
  | Replies
  | IntentLedger
  | IntentLanes
  | Accounts
  | Partitions
  | Deployment
  | StoreClock
  | AuditLog
  | Sealer
  | LastProofs
  | StoreWatch
  | EvidenceStore

/** The configuration of the store, and the passwords of its servers and its Sentinels. */
export interface StoreAccess {
  readonly store: StoreConfig
  readonly environment: Config["environment"]
  readonly password: SecretReader | undefined
  readonly sentinelPassword: SecretReader | undefined
}

/** The implementations that the gateway is built from. `main-layers.ts` and tests choose them. */
export interface Parts {
  readonly version: string
  readonly release: RunningRelease
  readonly connectors: ReadonlyArray<Connector>
  readonly digest: Digest
  /** Signatures and digests of signed documents. */
  readonly signing: Layer.Layer<CryptoDigest.Digest | Signature.Signature>
  readonly secretStore: (secrets: SecretsConfig | undefined) => Layer.Layer<SecretStore>
  readonly store: (
    options: StoreAccess & { readonly sealingKey: SecretHandle | undefined }
  ) => Layer.Layer<StoreServices, InfraError | StampRefused | BadSecret | BadAuthority | DataKeysGone, Log>
  /** Fails when the secret is no sealing key. */
  readonly sealingKey: (key: SecretHandle) => Effect.Effect<void, BadSecret>
  readonly storeAdmin: (access: StoreAccess) => Layer.Layer<StoreAdmin | LastProofs, InfraError | BadAuthority>
  /** Returns the line with which an operator makes the user of this store; `undefined` for a store without users. */
  readonly storeAcl: (store: StoreConfig) => string | undefined
  readonly host: Layer.Layer<Host>
  readonly shippedFiles: Layer.Layer<ShippedFiles>
  readonly idHash: (ref: string, pepper: Redacted.Redacted<string>) => Layer.Layer<IdHash, BadSecret>
  readonly runtime: (push: PushConfig) => Layer.Layer<Runtime, SecretUnavailable | BadAuthority, Secrets | StoreClock>
  /** Opens one connection to the runtime and closes it, without a request. */
  readonly reachRuntime: (push: PushConfig) => Effect.Effect<void, RuntimeUnreached | BadAuthority>
  readonly breaker: Layer.Layer<Breaker, never, Log>
  readonly providerHttp: Layer.Layer<ProviderHttp>
  readonly webServer: Layer.Layer<WebServer, never, Log>
  readonly apiKeys: (
    keys: ReadonlyArray<{ readonly client: Client; readonly secret: SecretReader }>
  ) => Layer.Layer<ApiKeys>
}

/** The implementations that the commands are built from. */
export interface ProgramParts {
  readonly gateway: Parts
  /** True when standard output is a terminal. */
  readonly terminal: boolean
  /** Makes a log of JSON lines. With `pretty` on a terminal, the lines are formatted for a person. */
  readonly log: (pretty: boolean) => Layer.Layer<Log>
  /** Makes a secret store of given values, for the lab. */
  readonly givenSecrets: (secrets: Readonly<Record<string, string>>) => Layer.Layer<SecretStore>
  /** Makes the page of the lab. */
  readonly labPage: Effect.Effect<BrowserPage>
  /** Returns 32 random bytes in base64. */
  readonly randomKey: () => string
}
