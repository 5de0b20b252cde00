import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as RedisClient from "../../layers/redis/client.ts"
import { RedisStore } from "../../layers/redis/client.ts"
import * as RedisDeployment from "../../layers/redis/deployment/deployment.ts"
import * as RedisLedger from "../../layers/redis/intent-ledger/intent-ledger.ts"
import { asText } from "../../layers/redis/scripting/reply.ts"
import { instagram } from "../../plugins/instagram/index.ts"
import { Channels } from "../../src/connector/channel.ts"
import { applyEcho, ownApps } from "../../src/inbound/reconcile/echoes.ts"
import { IntentLedger } from "../../src/outbound/ledger/intent-ledger.ts"
import { defaultPartitions } from "../../src/deployment/deployment.ts"
import { testSealer } from "../contracts/intent-ledger/sealer.ts"
import * as RecordedLog from "../fakes/log.ts"
import { echoEventOf } from "../outbound/echo-event.ts"
import { idHash } from "../outbound/harness.ts"
import { bound } from "../plugins/bound.ts"
import { raw } from "../plugins/instagram/channel.ts"
import { account } from "../plugins/instagram/samples.ts"
import { doubtsTo, echoTo, manyPeople } from "../support/many-doubts.ts"
import { durableRedis } from "./support/scene.ts"

const channels = Layer.effect(
  Channels,
  Effect.map(bound(instagram, raw), (channel) => new Map([["instagram", channel]]))
)

const place = (url: string) =>
  RedisLedger.layer().pipe(
    Layer.provideMerge(
      Layer.mergeAll(testSealer, idHash, channels, RecordedLog.layer, RedisDeployment.layer({ environment: "local" }))
    ),
    Layer.provideMerge(RedisClient.layer({ url }))
  )

/** Scripts that the server has run. */
const scripts = Effect.gen(function* () {
  const store = yield* RedisStore
  const stats = yield* Effect.flatMap(store.command("INFO", "commandstats"), asText("INFO"))
  return Number(/cmdstat_evalsha:calls=(\d+)/.exec(stats)?.[1] ?? 0)
})

it.live("G22 echoes prove 10,000 open doubts, each with a number of scripts that does not depend on theirs", () =>
  Effect.gen(function* () {
    const { url } = yield* durableRedis
    yield* Effect.gen(function* () {
      const ledger = yield* IntentLedger
      const channel = (yield* Channels).get("instagram") ?? assert.fail("no channel")
      const people = manyPeople(10_000)
      const ids = yield* doubtsTo(channel, account, people)
      const apps = ownApps()
      const hear = (person: string, at: number) =>
        Effect.flatMap(echoEventOf(channel, account, { person, message: echoTo(`m-${at}`) }), (event) =>
          applyEcho(event, apps)
        )
      const before = yield* scripts
      yield* Effect.forEach(people, hear, { concurrency: 32 })
      const each = ((yield* scripts) - before) / people.length
      // The search in each partition, the records of one, the proof, and its fingerprint removed.
      assert.isAtMost(each, defaultPartitions + 3)
      const left = yield* ledger.list("in_doubt", { limit: 10 })
      assert.deepStrictEqual(left.intents, [])
      const records = yield* Effect.forEach(ids, ledger.get, { concurrency: 32 })
      for (const [at, record] of records.entries()) {
        if (record === undefined || record === "expired") return assert.fail("no record")
        assert.deepInclude(record, { state: "sent", receipt: { messageId: `m-${at}` } })
      }
    }).pipe(Effect.provide(place(url)))
  }).pipe(Effect.scoped)
)
