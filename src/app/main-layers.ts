import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Digest from "effect/crypto/Digest"
import * as SecureRandom from "effect/crypto/SecureRandom"
import * as Signature from "effect/crypto/Signature"
import { labPage } from "../../layers/browser/lab-page.ts"
import * as MemoryAccounts from "../../layers/memory/accounts.ts"
import {
  memoryAuditLog,
  memoryDataKeys,
  memoryEvidenceStore,
  memoryLastProofs
} from "../../layers/memory/deployment.ts"
import * as MemoryLedger from "../../layers/memory/intent-ledger.ts"
import { memoryStoreAdmin, memoryStoreWatch } from "../../layers/memory/no-server.ts"
import * as MemoryStore from "../../layers/memory/store.ts"
import * as ApiKeys from "../../layers/node-crypto/api-keys.ts"
import { digest } from "../../layers/node-crypto/hmac.ts"
import * as IdHash from "../../layers/node-crypto/id-hash.ts"
import { type BadKey, keyFrom, randomKey } from "../../layers/node-crypto/key.ts"
import * as Sealer from "../../layers/node-crypto/sealer.ts"
import * as Host from "../../layers/node-host/host.ts"
import { environment } from "../../layers/node-host/quiet.ts"
import { endOnUncaught } from "../../layers/node-host/uncaught.ts"
import { followLoads, type Loads } from "../../layers/node-host/loads.ts"
import * as ShippedFiles from "../../layers/node-host/shipped-files.ts"
import * as WebServer from "../../layers/node-http/web-server.ts"
import * as ProviderHttp from "../../layers/provider-http/provider-http.ts"
import { aclRule } from "../../layers/redis/acl.ts"
import { defaultPrefix } from "../../layers/redis/connection/connection.ts"
import * as RedisAccounts from "../../layers/redis/accounts/accounts.ts"
import * as RedisAudit from "../../layers/redis/audit-log.ts"
import * as RedisEvidence from "../../layers/redis/evidence/evidence-store.ts"
import * as RedisKeys from "../../layers/redis/data-keys.ts"
import * as RedisClient from "../../layers/redis/client.ts"
import * as RedisProofs from "../../layers/redis/last-proofs.ts"
import * as RedisLedger from "../../layers/redis/intent-ledger/intent-ledger.ts"
import * as RedisAdmin from "../../layers/redis/store-admin/store-admin.ts"
import * as RedisStore from "../../layers/redis/store.ts"
import * as RedisWatch from "../../layers/redis/watch/watch.ts"
import { reachRuntime } from "../../layers/runtime-push/reach-runtime.ts"
import * as RuntimePush from "../../layers/runtime-push/runtime-push.ts"
import * as AwsSecrets from "../../layers/secrets/aws.ts"
import * as FileSecrets from "../../layers/secrets/files.ts"
import * as GcpSecrets from "../../layers/secrets/gcp.ts"
import * as MemorySecrets from "../../layers/secrets/memory.ts"
import * as VaultSecrets from "../../layers/secrets/vault.ts"
import { commandConsole, effectLogger, stdoutLog } from "../../layers/telemetry/outputs.ts"
import { instagram } from "../../plugins/instagram/index.ts"
import { messenger } from "../../plugins/messenger/index.ts"
import { whatsapp } from "../../plugins/whatsapp/index.ts"
import { comporta } from "../cli/comporta.ts"
import { teardown } from "../cli/common.ts"
import type { StoreAt } from "../config/config.ts"
import type { SecretReader } from "../connector/channel.ts"
import * as Breaker from "../inbound/deliver/circuit-breaker.ts"
import { pretty } from "../log/pretty.ts"
import type { Parts, ProgramParts, StoreAccess } from "./layer-factories.ts"
import type { InfraError } from "../domain/failure.ts"
import type { DataKeysGone } from "../secrets/sealer.ts"
import type { SecretHandle } from "../secrets/secrets.ts"
import { BadSecret } from "../secrets/secret-store.ts"
import { releaseName } from "../release/shipped-files.ts"
import { version } from "../version.ts"

const thirtyTwoBytes = (ref: string) => () =>
  new BadSecret({
    ref,
    reason: "expected the base64 of 32 bytes",
    remedy: "store the output of: openssl rand -base64 32"
  })

const ofStore = (at: Exclude<StoreAt, { readonly _tag: "Memory" }>, sentinelPassword: SecretReader | undefined) => {
  if (at._tag === "Server") return { url: at.url }
  if (at._tag === "Cluster") return { cluster: at.nodes, ...(at.natMap === undefined ? {} : { natMap: at.natMap }) }
  const password = sentinelPassword === undefined ? {} : { password: sentinelPassword.current }
  return { sentinel: { name: at.name, nodes: at.nodes, tls: at.tls === true, ...password } }
}

const connectionOf = (
  at: Exclude<StoreAt, { readonly _tag: "Memory" }>,
  { store: { replicas, caFile, username }, password, sentinelPassword }: StoreAccess
) => {
  const options = {
    ...ofStore(at, sentinelPassword),
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password: password.current }),
    ...(replicas === undefined ? {} : { replicas })
  }
  return caFile === undefined
    ? RedisClient.layer(options)
    : Layer.provide(RedisClient.layerTrusting(options, caFile), NodeServices.layer)
}

const badKey = (ref: string) => (error: BadKey | DataKeysGone | InfraError) => {
  if (error._tag !== "BadKey") return error
  if (error.what !== "sealing key of this store") return thirtyTwoBytes(ref)()
  return new BadSecret({
    ref,
    reason: "the store was sealed with another key",
    remedy: "restore that version as the current or the previous one: without it no stored content can be opened"
  })
}

const sealer = (key: SecretHandle | undefined) =>
  key === undefined
    ? Sealer.plain
    : Layer.effectContext(Effect.mapError(Layer.build(Sealer.layer(key.versions)), badKey(key.ref)))

const store: Parts["store"] = ({ sealingKey, ...access }) => {
  const { store: config, environment } = access
  const { at, retention } = config
  const log = {
    marks: Duration.toMillis(retention.dedupe),
    delivered: Duration.toMillis(retention.delivered),
    statuses: Duration.toMillis(retention.statuses),
    deadLetters: Duration.toMillis(retention.deadLetters)
  }
  const ledger = { intents: Duration.toMillis(retention.intents), tombstones: Duration.toMillis(retention.tombstones) }
  const options = { environment, retention: log }
  if (at._tag === "Memory") {
    return Layer.mergeAll(
      MemoryLedger.layer(ledger),
      MemoryAccounts.layer(),
      memoryAuditLog,
      memoryLastProofs,
      memoryEvidenceStore,
      memoryStoreWatch
    ).pipe(
      Layer.provideMerge(sealer(sealingKey)),
      Layer.provide(memoryDataKeys),
      Layer.provideMerge(MemoryStore.layer(options))
    )
  }
  const connection = connectionOf(at, access)
  return Layer.mergeAll(
    RedisLedger.layer(ledger),
    RedisAccounts.layer(),
    RedisAudit.layer,
    RedisProofs.layer,
    RedisEvidence.layer
  ).pipe(
    Layer.merge(RedisWatch.layer(config, environment)),
    Layer.provideMerge(sealer(sealingKey)),
    Layer.provide(RedisKeys.layer),
    Layer.provideMerge(RedisStore.layer(options)),
    Layer.provide(connection)
  )
}

const storeAdmin: Parts["storeAdmin"] = (access) =>
  access.store.at._tag === "Memory"
    ? Layer.mergeAll(memoryStoreAdmin, memoryLastProofs)
    : Layer.mergeAll(RedisAdmin.layer({ environment: access.environment }), RedisProofs.layer).pipe(
        Layer.provide(connectionOf(access.store.at, access))
      )

const secretStore: Parts["secretStore"] = (secrets) => {
  switch (secrets?.from) {
    case undefined:
      return MemorySecrets.layer(new Map())
    case "files":
      return Layer.provide(FileSecrets.layer(secrets.directory), NodeServices.layer)
    case "vault":
      return Layer.provide(VaultSecrets.layer(secrets), NodeServices.layer)
    case "gcp":
      return GcpSecrets.layer(secrets)
    case "aws":
      return AwsSecrets.layer(secrets)
  }
}

/** Signatures and digests of signed documents. */
const signing = Layer.merge(Layer.provide(Signature.layerWebCrypto, SecureRandom.layerWebCrypto), Digest.layerWebCrypto)

const gateway = (variables: ReadonlyMap<string, string>, loads: Loads): Parts => ({
  version,
  release: ShippedFiles.runningRelease(loads),
  connectors: [whatsapp, instagram, messenger],
  digest,
  signing,
  secretStore,
  store,
  sealingKey: (key) => (keyFrom(key.current()) === undefined ? Effect.fail(thirtyTwoBytes(key.ref)()) : Effect.void),
  storeAdmin,
  storeAcl: ({ at, username = "default" }) =>
    at._tag === "Memory" ? undefined : aclRule(username, defaultPrefix, at._tag === "Cluster"),
  host: Layer.provide(Host.layer(variables, loads.libraries), NodeServices.layer),
  shippedFiles: ShippedFiles.layer(loads),
  idHash: (ref, pepper) => Layer.effectContext(Effect.mapError(Layer.build(IdHash.layer(pepper)), thirtyTwoBytes(ref))),
  runtime: ({ caFile, ...push }) => {
    const options = { ...push, version, timeout: Duration.toMillis(push.timeout) }
    return caFile === undefined
      ? RuntimePush.layer(options)
      : Layer.provide(RuntimePush.pushTrusting(options, caFile), NodeServices.layer)
  },
  reachRuntime: (push) => Effect.provide(reachRuntime(push), NodeServices.layer),
  breaker: Breaker.layer(),
  providerHttp: ProviderHttp.layer(),
  webServer: WebServer.layer,
  apiKeys: ApiKeys.layer
})

/** Returns the implementations of the program. `variables` is the environment of the process at its start. */
export const parts = (
  terminal: boolean,
  variables = environment(),
  loads: Loads = followLoads(import.meta.url)
): ProgramParts => {
  const built = gateway(variables, loads)
  const release = releaseName(built.release)
  return {
    gateway: built,
    terminal,
    log: (forPeople) =>
      Layer.provideMerge(effectLogger, stdoutLog({ release, ...(forPeople && terminal ? { format: pretty } : {}) })),
    givenSecrets: (secrets) =>
      MemorySecrets.layer(
        new Map(Object.entries(secrets).map(([ref, value]) => [ref, { current: Redacted.make(value) }]))
      ),
    labPage,
    randomKey
  }
}

/** Runs a command line. Ends the process with the exit code of the command. */
export const run = (program: ProgramParts, args: ReadonlyArray<string>): void => {
  endOnUncaught(releaseName(program.gateway.release))
  comporta(program, args).pipe(
    Effect.provide(
      Layer.mergeAll(
        NodeServices.layer,
        NodeHttpServer.layerHttpServices,
        NodeHttpClient.layerUndici,
        commandConsole,
        signing
      )
    ),
    NodeRuntime.runMain({ disableErrorReporting: true, teardown })
  )
}
