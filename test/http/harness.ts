import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Metric from "effect/Metric"
import * as Redacted from "effect/Redacted"
import * as Sealer from "../../layers/node-crypto/sealer.ts"
import * as Admit from "../../src/inbound/admit/admit.ts"
import * as Breaker from "../../src/inbound/deliver/circuit-breaker.ts"
import * as InboundNotifications from "../../src/inbound/notifications.ts"
import { idHash } from "../inbound/harness.ts"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as ApiKeys from "../../layers/node-crypto/api-keys.ts"
import * as IdHash from "../../layers/node-crypto/id-hash.ts"
import * as MemoryAccounts from "../../layers/memory/accounts.ts"
import { memoryAuditLog } from "../../layers/memory/deployment.ts"
import * as MemoryLedger from "../../layers/memory/intent-ledger.ts"
import * as MemoryStore from "../../layers/memory/store.ts"
import { isJsonObject, type JsonObject } from "../../src/domain/json.ts"
import type { KeyScope } from "../../src/http/auth/api-keys.ts"
import { app } from "../../src/http/api/app.ts"
import * as SendEndpoint from "../../src/http/server/send-endpoint.ts"
import { layer as readiness } from "../../src/http/health/readiness.ts"
import { EventLog } from "../../src/inbound/event-log/event-log.ts"
import { fixtureChannels } from "../fakes/channel.ts"
import { faultyEventLog } from "../fakes/event-log.ts"
import { faultyIntentLedger } from "../fakes/intent-ledger.ts"
import { scriptedIntents } from "../fakes/intents.ts"
import { noSecrets } from "../fakes/secrets.ts"
import { scriptedStoreWatch } from "../fakes/store-watch.ts"
import { scriptedProvider } from "../fakes/provider-http.ts"
import * as RecordedLog from "../fakes/log.ts"
import { emptyGoNoGo } from "../readiness/installed.ts"

const client = (
  id: string,
  scopes: ReadonlyArray<KeyScope>,
  ...secrets: readonly [string, ...ReadonlyArray<string>]
) => {
  const [current, ...previous] = secrets.map((secret) => Redacted.make(secret))
  return {
    client: { id, scopes, namespace: `${id}-keys` },
    secret: {
      current: () => current ?? Redacted.make(""),
      candidates: () => (current === undefined ? [] : [current, ...previous])
    }
  }
}

export const keys = [
  client("all", ["send", "read", "operate"], "key-all"),
  client("sender", ["send"], "key-sender", "key-sender-before"),
  client("reader", ["read"], "key-reader"),
  client("nobody", [], "key-nobody")
]

/** Provides every service that the API needs, each observable. */
export const baseLayer = Layer.mergeAll(
  Layer.provideMerge(SendEndpoint.layer, Layer.mergeAll(ApiKeys.layer(keys), scriptedIntents)),
  fixtureChannels,
  scriptedProvider,
  faultyIntentLedger(MemoryLedger.layer()),
  MemoryAccounts.layer(),
  IdHash.layer(Redacted.make(Buffer.alloc(32, 7).toString("base64"))).pipe(Layer.orDie),
  memoryAuditLog,
  emptyGoNoGo,
  Layer.provideMerge(readiness, faultyEventLog(Layer.effect(EventLog, EventLog))),
  NodeHttpServer.layerHttpServices
).pipe(
  Layer.provideMerge(Layer.provideMerge(Admit.layer, Layer.mergeAll(InboundNotifications.layer, idHash, Sealer.plain))),
  Layer.provideMerge(Breaker.layer()),
  Layer.provideMerge(
    Layer.mergeAll(MemoryStore.layer({ partitions: 2 }), noSecrets, scriptedStoreWatch, RecordedLog.layer)
  )
)

export interface Answered {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** Empty when the body is no JSON object. */
  readonly body: JsonObject
}

const objectIn = (text: string): JsonObject => {
  try {
    const value = JSON.parse(text)
    return isJsonObject(value) ? value : {}
  } catch {
    return {}
  }
}

/** Returns the API as one function, without a socket, with metrics of its own. */
export const api = Effect.gen(function* () {
  const registry = new Map()
  const handle = yield* Effect.provideService(app, Metric.MetricRegistry, registry)
  return Effect.fnUntraced(function* (path: string, init: RequestInit = {}, key?: string) {
    const headers = new Headers(init.headers)
    if (key !== undefined) headers.set("authorization", `Bearer ${key}`)
    const request = HttpServerRequest.fromWeb(new Request(`http://gateway.test${path}`, { ...init, headers }))
    const response = yield* handle.pipe(
      Effect.provideService(HttpServerRequest.HttpServerRequest, request),
      Effect.provideService(Metric.MetricRegistry, registry)
    )
    const web = HttpServerResponse.toWeb(response)
    const text = yield* Effect.promise(() => web.text())
    const answered: Answered = { status: web.status, headers: web.headers, text, body: objectIn(text) }
    return answered
  })
})
