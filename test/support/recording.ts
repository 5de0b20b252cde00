import { writeFileSync } from "node:fs"
import { join } from "node:path"
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Metric from "effect/Metric"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import { effectLogger } from "../../layers/telemetry/outputs.ts"
import { gateway } from "../../src/app/gateway.ts"
import { parts } from "../../src/app/main-layers.ts"
import { readConfig } from "../../src/config/read.ts"
import type { Connector } from "../../src/connector/connector.ts"
import { decodeEvidence, type GateEvidence } from "../../src/gate/evidence/evidence.ts"
import { newPems } from "../attestation/keys.ts"
import { cryptography } from "../attestation/keys.ts"
import { quietHost } from "../fakes/host.ts"
import * as FakeLog from "../fakes/log.ts"
import { askRedis } from "./ask-redis.ts"
import { client } from "./client.ts"
import { comporta, installation } from "./program.ts"
import { provider } from "./provider.ts"
import { redisServer } from "./redis-server.ts"
import { durable, stagingFile } from "./staging.ts"
import { customer } from "./webhook.ts"

/** Stands in for the one layer that says whether a provider is the genuine one. No row of the policy is changed. */
const asGenuine = (connector: Connector): Connector => ({
  ...connector,
  configure: (raw) => Result.map(connector.configure(raw), (unbound) => ({ ...unbound, genuine: true }))
})

/** Starts a store for staging, a provider and a configuration that records evidence. The store has its stamp. */
export const recordingSetup = Effect.fnUntraced(function* ({
  capabilities = "[text, reaction, mark_read]",
  runtime,
  messageId,
  person = customer
}: {
  readonly capabilities?: string
  /** URL of the runtime. */
  readonly runtime?: string
  /** Number of the test person. */
  readonly person?: string
  /** Names the n-th message of the provider. */
  readonly messageId?: (n: number) => string
}) {
  const redis = yield* redisServer(durable)
  const graph = yield* provider(messageId)
  const pems = yield* Effect.provide(newPems, cryptography)
  const installed = yield* installation({
    sealed: true,
    secrets: { "readiness/recorder": pems.private.trim(), "staging/people/ana": `+${person}` },
    file: (directory, port) =>
      stagingFile(directory, port, {
        redisUrl: redis.url,
        graph: graph.url,
        ...(runtime === undefined ? {} : { runtime: `url: "${runtime}"` })
      })
        .replace("capabilities: [text]", `capabilities: ${capabilities}`)
        .concat("staging: { people: { whatsapp: [staging/people/ana] } }\n")
        .concat(`readiness: { trust: "${directory}/trust.json", recorder: readiness/recorder }\n`)
  })
  const key = { role: "recorder", name: "staging", publicKey: pems.public, from: "2026-01-01T00:00:00Z" }
  writeFileSync(join(installed.directory, "trust.json"), JSON.stringify({ v: 1, keys: [key] }))
  yield* comporta(["store", "init", "--config", installed.file])
  /** Texts of everything in the store of evidence. */
  const texts = Effect.map(
    Effect.promise(() => askRedis(redis.port, ["HVALS", "comporta:{p0}:evidence"])),
    ([found]) => (Array.isArray(found) ? found.map(String) : [])
  )
  const records = Effect.map(texts, (all): ReadonlyArray<GateEvidence> =>
    all.flatMap((text) => Option.toArray(Result.getSuccess(decodeEvidence(JSON.parse(text)))))
  )
  /** Runs the gateway of the program in this process, with a genuine provider or without. */
  const gatewayIn = Effect.fnUntraced(function* (genuine: boolean) {
    const { gateway: built } = parts(false)
    const log = yield* Layer.build(Layer.provideMerge(effectLogger, FakeLog.layer))
    const platform = yield* Layer.build(Layer.mergeAll(NodeServices.layer, NodeHttpServer.layerHttpServices))
    const { port } = yield* Effect.gen(function* () {
      const reading = yield* readConfig(installed.file, {})
      return yield* gateway(reading, {
        ...built,
        host: quietHost,
        connectors: genuine ? built.connectors.map(asGenuine) : built.connectors
      })
    }).pipe(
      Effect.provideContext(Context.merge(log, platform)),
      Effect.provideService(Metric.MetricRegistry, new Map()),
      Effect.orDie
    )
    return { ...client(`http://127.0.0.1:${port}`), log: Context.get(log, FakeLog.RecordedLog) }
  })
  return { redis, graph, installed, texts, records, gatewayIn }
})
