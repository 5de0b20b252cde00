import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as IdHash from "../../layers/node-crypto/id-hash.ts"
import * as MemoryAliases from "../../layers/memory/aliases.ts"
import * as MemoryLogs from "../../layers/memory/event-log/partition-log.ts"
import * as MemoryLanes from "../../layers/memory/intent-lanes.ts"
import * as MemoryAccounts from "../../layers/memory/accounts.ts"
import * as MemoryLedger from "../../layers/memory/intent-ledger.ts"
import { memoryLeases } from "../../layers/memory/partitions.ts"
import * as MemoryPartitions from "../../layers/memory/partitions.ts"
import type { Channels } from "../../src/connector/channel.ts"
import type { JsonObject } from "../../src/domain/json.ts"
import { IntentLedger } from "../../src/outbound/ledger/intent-ledger.ts"
import * as Gate from "../../src/outbound/accounts/admission-control.ts"
import * as Intents from "../../src/outbound/submit/intents.ts"
import { requeueOrphans } from "../../src/outbound/queue/worker.ts"
import { Deployment } from "../../src/deployment/deployment.ts"
import { Partitions } from "../../src/partition/partitions.ts"
import { fixtureChannels } from "../fakes/channel.ts"
import { faultyAccounts } from "../fakes/accounts.ts"
import { faultyIntentLedger } from "../fakes/intent-ledger.ts"
import * as RecordedLog from "../fakes/log.ts"
import { provider } from "./provider.ts"

export const pepper = Redacted.make(Buffer.alloc(32, 7).toString("base64"))

export const deployment = Layer.succeed(
  Deployment,
  Deployment.of({ id: "d1", former: [], environment: "local", partitions: 2, identity: 2, localPepper: "" })
)

export const idHash = IdHash.layer(pepper).pipe(Layer.orDie)

const queueLayers = Layer.mergeAll(MemoryLanes.layer, MemoryPartitions.layer, MemoryAliases.layer).pipe(
  Layer.provide(MemoryLogs.layer),
  Layer.provide(memoryLeases),
  Layer.provide(deployment)
)

/** Provides every service that `Intents` needs, each observable. */
const baseLayerOf = (channels: Layer.Layer<Channels>) =>
  Layer.mergeAll(
    queueLayers,
    channels,
    faultyIntentLedger(Layer.provide(MemoryLedger.layer(), deployment)),
    faultyAccounts(MemoryAccounts.layer()),
    provider,
    idHash,
    deployment,
    RecordedLog.layer
  )

export const harnessOf = (channels: Layer.Layer<Channels>) =>
  Intents.layer({ drain: 1_000 }).pipe(Layer.provideMerge(Gate.layer), Layer.provideMerge(baseLayerOf(channels)))

export const baseLayer = baseLayerOf(fixtureChannels)
export const harness = harnessOf(fixtureChannels)

export const body = (more: JsonObject = {}): JsonObject => ({
  connector: "fixture",
  account: "front",
  capability: "post",
  to: "+1555",
  input: { text: "hello" },
  ...more
})

export const mark: JsonObject = {
  connector: "fixture",
  account: "front",
  capability: "mark",
  input: { text: "hello" }
}

export const submit = Effect.fnUntraced(function* (key = "k1", content = body()) {
  const intents = yield* Intents.Intents
  return yield* intents.submit({ namespace: "crm", key, body: content })
})

/** Submits an intent to be performed later. */
export const accept = Effect.fnUntraced(function* (key = "k1", content = body()) {
  const intents = yield* Intents.Intents
  return yield* intents.submit({ namespace: "crm", key, body: content, respondAsync: true })
})

/** Acquires every partition for one replica. */
export const takePartitions = Effect.gen(function* () {
  const partitions = yield* Partitions
  return yield* Effect.forEach([0, 1], (partition) =>
    Effect.map(partitions.acquire(partition, "replica"), (epoch = 0) => ({ partition, epoch }))
  )
})

/** Forks the sweepers of both partitions. */
export const sweeping = Effect.forkChild(
  Effect.forEach([0, 1], (partition) => requeueOrphans({ partition, epoch: 0 }), { concurrency: 2 })
)

/** Returns the record of an intent, and dies when there is none. */
export const recordOf = Effect.fnUntraced(function* (intentId: Parameters<IntentLedger["Service"]["get"]>[0]) {
  const ledger = yield* IntentLedger
  const record = yield* ledger.get(intentId)
  if (record === undefined || record === "expired") return yield* Effect.die(new Error(`expected a record: ${record}`))
  return record
})
