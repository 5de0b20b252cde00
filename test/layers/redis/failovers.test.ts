import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as SubscriptionRef from "effect/SubscriptionRef"
import * as Accounts from "../../../layers/redis/accounts/accounts.ts"
import * as RedisLedger from "../../../layers/redis/intent-ledger/intent-ledger.ts"
import { keysOfIntent } from "../../../layers/redis/intent-ledger/keys.ts"
import { RedisStore } from "../../../layers/redis/client.ts"
import { keysOf } from "../../../layers/redis/keys.ts"
import * as Store from "../../../layers/redis/store.ts"
import * as Sealer from "../../../layers/node-crypto/sealer.ts"
import {
  AccountId,
  CapabilityId,
  ConnectorId,
  CorrelationId,
  IntentId,
  ProviderAccountId
} from "../../../src/domain/ids.ts"
import { Partitions } from "../../../src/partition/partitions.ts"
import * as InboundNotifications from "../../../src/inbound/notifications.ts"
import * as Breaker from "../../../src/inbound/deliver/circuit-breaker.ts"
import * as Workers from "../../../src/inbound/workers.ts"
import { encodeCallbackData } from "../../../src/outbound/intent/callback-data.ts"
import { IntentLedger } from "../../../src/outbound/ledger/intent-ledger.ts"
import * as Gate from "../../../src/outbound/accounts/admission-control.ts"
import * as Intents from "../../../src/outbound/submit/intents.ts"
import { Deployment } from "../../../src/deployment/deployment.ts"
import { IdHash } from "../../../src/secrets/id-hash.ts"
import { fixtureChannels } from "../../fakes/channel.ts"
import * as RecordedLog from "../../fakes/log.ts"
import { ScriptedRuntime, scriptedRuntime } from "../../fakes/runtime.ts"
import { admitted, entryOf, eventOf, idHash } from "../../inbound/harness.ts"
import { provider } from "../../outbound/provider.ts"
import { freshStore } from "../../support/fresh-store.ts"

const intentId = IntentId.make(`int_${"7".repeat(32)}`)
const front = {
  connector: ConnectorId.make("fixture"),
  account: AccountId.make("front"),
  providerAccount: ProviderAccountId.make("100")
}

const testLayer = () =>
  Layer.mergeAll(Intents.layer({ drain: 100 }), InboundNotifications.layer, scriptedRuntime).pipe(
    Layer.provideMerge(Gate.layer),
    Layer.provideMerge(Layer.mergeAll(RedisLedger.layer(), Accounts.layer(), fixtureChannels, provider, idHash)),
    Layer.provideMerge(Breaker.layer()),
    Layer.provideMerge(Store.layer({ environment: "local", partitions: 2 })),
    Layer.provideMerge(Layer.mergeAll(Sealer.plain, RecordedLog.layer, freshStore()))
  )

const harness = Effect.gen(function* () {
  const store = yield* RedisStore
  const ledger = yield* IntentLedger
  yield* ledger.claim({
    intentId,
    token: "token",
    content: "content",
    callMillis: 60_000,
    meta: {
      connector: front.connector,
      account: front.account,
      capabilityId: CapabilityId.make("fixture.post"),
      protection: "verified",
      correlationId: CorrelationId.make(`cor_${"9".repeat(32)}`)
    }
  })
  const callbackData = encodeCallbackData(yield* IdHash, (yield* Deployment).id, front, { intentId, attempt: 1 })
  yield* Layer.build(Workers.layer({ replica: "replica", push: true }))
  return {
    store,
    log: yield* RecordedLog.RecordedLog,
    runtime: yield* ScriptedRuntime,
    status: eventOf(1, 1, { ...front, kind: "status", evidence: { status: "delivered", callbackData } }),
    failover: SubscriptionRef.update(store.failovers, (count) => count + 1),
    state: Effect.map(ledger.get(intentId), (found) => (typeof found === "object" ? found.state : found))
  }
})

describe("failover of the store", () => {
  it.live(
    "G22 a failover restarts reconciliation an hour back, and applies the statuses that the other server lacks",
    () =>
      Effect.gen(function* () {
        const { store, log, status, failover, state } = yield* harness
        const [, record = ""] = keysOfIntent(store.prefix, 2).judge(intentId)
        const before = yield* store.command("HGETALL", record)
        yield* admitted(yield* entryOf(status, ["ledger"]))
        yield* log.waitFor("evidence.applied")
        assert.strictEqual(yield* state, "sent")
        yield* store.command("DEL", record)
        yield* store.command("HSET", record, ...(Array.isArray(before) ? before.map(String) : []))
        assert.strictEqual(yield* state, "claimed")
        yield* failover
        yield* log.waitFor("evidence.applied", 2)
        assert.strictEqual(yield* state, "sent")
        yield* log.waitFor("evidence.read_again", 2)
      }).pipe(Effect.provide(testLayer()))
  )

  it.live("I2 an event whose position was assigned twice is still delivered", () =>
    Effect.gen(function* () {
      const { store, log, runtime, failover } = yield* harness
      const counters = keysOf(store.prefix, 0).of("counters")
      yield* admitted(yield* entryOf(eventOf(1)), yield* entryOf(eventOf(2)))
      yield* log.waitFor("dispatch.delivered", 2)
      yield* store.command("HINCRBY", counters, "position", -2)
      yield* failover
      yield* admitted(yield* entryOf(eventOf(3)))
      yield* log.waitFor("dispatch.delivered", 3)
      assert.lengthOf(runtime.deliveries.all, 3)
    }).pipe(Effect.provide(testLayer()))
  )

  it.live("G30 an epoch that was lost is not assigned again, and its former owner writes nothing", () =>
    Effect.gen(function* () {
      const store = yield* RedisStore
      const partitions = yield* Partitions
      const lease = keysOf(store.prefix, 0).of("lease")
      const first = yield* partitions.acquire(0, "a")
      const kept = yield* store.command("HGETALL", lease)
      yield* partitions.release(0, "a", first ?? 0)
      const lost = yield* partitions.acquire(0, "b")
      yield* store.command("DEL", lease)
      yield* store.command("HSET", lease, ...(Array.isArray(kept) ? kept.map(String) : []))
      yield* store.command("HSET", lease, "until", 0)
      yield* Effect.sleep(5)
      const next = yield* partitions.acquire(0, "c")
      assert.isDefined(next)
      assert.notStrictEqual(next, lost)
      assert.isFalse(yield* partitions.renew(0, "b", lost ?? 0))
    }).pipe(Effect.provide(testLayer()))
  )
})
