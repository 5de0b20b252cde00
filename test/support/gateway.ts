import { randomUUID } from "node:crypto"
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Metric from "effect/Metric"
import * as Redacted from "effect/Redacted"
import type * as Scope from "effect/Scope"
import { inject } from "vitest"
import * as MemoryAccounts from "../../layers/memory/accounts.ts"
import { memoryAuditLog, memoryEvidenceStore, memoryLastProofs } from "../../layers/memory/deployment.ts"
import * as MemoryLedger from "../../layers/memory/intent-ledger.ts"
import { memoryStoreAdmin, memoryStoreWatch } from "../../layers/memory/no-server.ts"
import * as MemoryStore from "../../layers/memory/store.ts"
import * as ApiKeys from "../../layers/node-crypto/api-keys.ts"
import { digest } from "../../layers/node-crypto/hmac.ts"
import * as IdHash from "../../layers/node-crypto/id-hash.ts"
import * as Sealer from "../../layers/node-crypto/sealer.ts"
import * as WebServer from "../../layers/node-http/web-server.ts"
import * as ProviderHttp from "../../layers/provider-http/provider-http.ts"
import * as RedisAccounts from "../../layers/redis/accounts/accounts.ts"
import * as RedisAudit from "../../layers/redis/audit-log.ts"
import * as RedisEvidence from "../../layers/redis/evidence/evidence-store.ts"
import * as RedisClient from "../../layers/redis/client.ts"
import * as RedisLedger from "../../layers/redis/intent-ledger/intent-ledger.ts"
import * as RedisStore from "../../layers/redis/store.ts"
import * as RedisWatch from "../../layers/redis/watch/watch.ts"
import * as RuntimePush from "../../layers/runtime-push/runtime-push.ts"
import * as MemorySecrets from "../../layers/secrets/memory.ts"
import { effectLogger } from "../../layers/telemetry/outputs.ts"
import { whatsapp } from "../../plugins/whatsapp/index.ts"
import { gateway } from "../../src/app/gateway.ts"
import type { Reading } from "../../src/config/read.ts"
import * as Breaker from "../../src/inbound/deliver/circuit-breaker.ts"
import { retentionDefaults } from "../../src/config/store-schema.ts"
import type { Parts } from "../../src/app/layer-factories.ts"
import { BadSecret } from "../../src/secrets/secret-store.ts"
import { version } from "../../src/version.ts"
import { quietHost } from "../fakes/host.ts"
import * as FakeLog from "../fakes/log.ts"
import { shippedFilesWith, sourceRelease } from "../fakes/shipped-files.ts"
import { cryptography } from "../attestation/keys.ts"
import { type Client, client, secrets } from "./client.ts"
import { hasty } from "./hasty.ts"
import { businessAccountId, phoneNumberId } from "./webhook.ts"

export interface Options {
  /** A store in this process, or under a prefix of the server that the run shares (unless `redisUrl` names another). */
  readonly store?: "memory" | "redis"
  readonly redisUrl?: string
  /** The pepper for several gateways: base64 of 32 bytes. When absent, each store makes its own. */
  readonly pepper?: string
  /** The prefix of every key of the store. */
  readonly prefix?: string
  /** The URL of the Graph API; when absent, a port without a listener. */
  readonly provider?: string
  /** The URL to which events are pushed; when absent, none are. */
  readonly runtime?: string
  readonly accounts?: Readonly<Record<string, { readonly phoneNumberId: string; readonly businessAccountId: string }>>
  /** The limit of every account; when absent, more than a test sends. */
  readonly messagesPerSecond?: number
  /** Serves the API on a port of its own. */
  readonly management?: true
}

export interface Gateway extends Client {
  readonly prefix: string
  readonly log: FakeLog.RecordedLog["Service"]
  /** A client of the management port; of the only port where there is one. */
  readonly managed: Client
}

const closedUrl = "http://127.0.0.1:9"

const readingOf = ({
  provider = closedUrl,
  runtime,
  accounts,
  store = "redis",
  redisUrl,
  pepper,
  messagesPerSecond = 1_000,
  management
}: Options): Reading => ({
  file: "test",
  locate: () => undefined,
  config: {
    environment: "local",
    server: {
      host: "127.0.0.1",
      port: 0,
      ...(management === undefined ? {} : { management: { host: "127.0.0.1", port: 0 } })
    },
    store: {
      at: store === "memory" ? { _tag: "Memory" } : { _tag: "Server", url: redisUrl ?? inject("redisUrl") },
      durability: "process",
      retention: retentionDefaults,
      ...(pepper === undefined ? {} : { pepper: "store/pepper" })
    },
    ...(runtime === undefined
      ? {}
      : { runtime: { _tag: "Push", url: runtime, secret: "runtime/signing", timeout: Duration.seconds(30) } }),
    api: {
      keys: [
        { id: "crm", secret: "api/crm", scopes: ["send", "read", "operate"], namespace: "crm" },
        { id: "shop", secret: "api/shop", scopes: ["send", "read"], namespace: "shop" },
        { id: "watch", secret: "api/watch", scopes: ["read"], namespace: "watch" }
      ]
    },
    boot: { deadCredential: "refuse" },
    staging: { people: {} },
    connectors: {
      whatsapp: {
        secrets: { appSecret: "meta/app-secret", verifyToken: "meta/verify-token" },
        settings: { graph: { version: "v25.0", baseUrl: provider } },
        accounts: Object.fromEntries(
          Object.entries(accounts ?? { support: { phoneNumberId, businessAccountId } }).map(([alias, settings]) => [
            alias,
            { secrets: { accessToken: "whatsapp/support" }, settings: { ...settings, messagesPerSecond } }
          ])
        ),
        capabilities: whatsapp.capabilities.map(({ id }) => id)
      }
    }
  }
})

const givenBy = ({ pepper }: Options) =>
  MemorySecrets.layer(
    new Map(
      Object.entries({ ...secrets, ...(pepper === undefined ? {} : { "store/pepper": pepper }) }).map(
        ([ref, value]) => [ref, { current: Redacted.make(value) }]
      )
    )
  )

const partsOf = (prefix: string, options: Options): Parts => ({
  version,
  connectors: [whatsapp],
  digest,
  signing: cryptography,
  secretStore: () => givenBy(options),
  sealingKey: () => Effect.void,
  storeAdmin: () => Layer.mergeAll(memoryStoreAdmin, memoryLastProofs),
  storeAcl: () => undefined,
  host: quietHost,
  release: sourceRelease,
  shippedFiles: shippedFilesWith({}),
  store: ({ store: config, environment }) => {
    const { at } = config
    if (at._tag !== "Server") {
      return Layer.mergeAll(MemoryLedger.layer(), MemoryAccounts.layer(), memoryAuditLog, memoryLastProofs).pipe(
        Layer.merge(Layer.merge(memoryStoreWatch, memoryEvidenceStore)),
        Layer.provideMerge(Sealer.plain),
        Layer.provideMerge(MemoryStore.layer())
      )
    }
    return Layer.mergeAll(RedisLedger.layer(), RedisAccounts.layer(), RedisAudit.layer, memoryLastProofs).pipe(
      Layer.merge(Layer.merge(RedisWatch.layer(config, environment), RedisEvidence.layer)),
      Layer.provideMerge(Sealer.plain),
      Layer.provideMerge(RedisStore.layer({ environment })),
      Layer.provide(RedisClient.layer({ url: at.url, prefix }))
    )
  },
  idHash: (ref, pepper) =>
    Layer.effectContext(
      Effect.mapError(
        Layer.build(IdHash.layer(pepper)),
        () => new BadSecret({ ref, reason: "expected the base64 of 32 bytes", remedy: "make another" })
      )
    ),
  runtime: (push) => RuntimePush.layer({ ...push, version, timeout: Duration.toMillis(push.timeout) }),
  reachRuntime: () => Effect.void,
  breaker: Breaker.layer(hasty),
  providerHttp: ProviderHttp.layer(),
  webServer: WebServer.layer,
  apiKeys: ApiKeys.layer
})

/** Fails the test when the gateway logged an unforeseen error. */
const nothingUnforeseen = (log: FakeLog.RecordedLog["Service"]) =>
  Effect.suspend(() => {
    const lines = log.of("internal")
    return lines.length === 0 ? Effect.void : Effect.die(`unforeseen: ${JSON.stringify(lines)}`)
  })

/** Starts a gateway in this process for one scope: real parts, a real port, a recorded log and its own metrics. */
export const startGateway = (options: Options = {}): Effect.Effect<Gateway, never, Scope.Scope> =>
  Effect.gen(function* () {
    const { prefix = `test-${randomUUID()}` } = options
    const log = yield* Layer.build(Layer.provideMerge(effectLogger, FakeLog.layer))
    yield* Effect.addFinalizer(() => nothingUnforeseen(Context.get(log, FakeLog.RecordedLog)))
    const platform = yield* Layer.build(Layer.mergeAll(NodeServices.layer, NodeHttpServer.layerHttpServices))
    const { port, management } = yield* gateway(readingOf(options), partsOf(prefix, options)).pipe(
      Effect.provideContext(Context.merge(log, platform)),
      Effect.provideService(Metric.MetricRegistry, new Map()),
      Effect.orDie
    )
    const managed = client(`http://127.0.0.1:${management?.port ?? port}`)
    return { ...client(`http://127.0.0.1:${port}`), managed, prefix, log: Context.get(log, FakeLog.RecordedLog) }
  })
