import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import { layer as client, RedisStore } from "../../../layers/redis/client.ts"
import * as RedisDeployment from "../../../layers/redis/deployment/deployment.ts"
import { layer } from "../../../layers/redis/intent-ledger/intent-ledger.ts"
import { claimScript } from "../../../layers/redis/intent-ledger/scripts/claim.ts"
import { asTexts } from "../../../layers/redis/scripting/reply.ts"
import type { InfraError } from "../../../src/domain/failure.ts"
import { fingerprintLife, IntentLedger, type IntentRetention } from "../../../src/outbound/ledger/intent-ledger.ts"
import { Deployment } from "../../../src/deployment/deployment.ts"
import { partitionOf } from "../../../src/partition/partitions.ts"
import {
  accepted,
  claimed,
  claimOf,
  lane,
  messageId,
  newId,
  passing,
  recordOf,
  steps,
  unknown
} from "../../contracts/intent-ledger/subject.ts"
import { testSealer } from "../../contracts/intent-ledger/sealer.ts"
import { freshStore } from "../../support/fresh-store.ts"
import { redisServer } from "../../support/redis-server.ts"

const stamped = RedisDeployment.layer({ environment: "local" })
const beneath = () => stamped.pipe(Layer.provideMerge(freshStore()))
const storeLayer = (retention?: Partial<IntentRetention>) =>
  layer(retention).pipe(Layer.provideMerge(testSealer), Layer.provideMerge(beneath()))

const onePartition = layer().pipe(
  Layer.provideMerge(testSealer),
  Layer.provideMerge(
    RedisDeployment.layer({ environment: "local", partitions: 1 }).pipe(Layer.provideMerge(freshStore()))
  )
)

const keysLike = Effect.fnUntraced(function* (pattern: string) {
  const store = yield* RedisStore
  return yield* Effect.flatMap(store.command("KEYS", `${store.prefix}:${pattern}`), asTexts("KEYS"))
})

const theKey = Effect.fnUntraced(function* (pattern: string) {
  const [key] = yield* keysLike(pattern)
  return key ?? (yield* Effect.die(new Error(`no key like ${pattern}`)))
})

const millisLeft = Effect.fnUntraced(function* (key: string) {
  const store = yield* RedisStore
  return yield* Effect.flatMap(store.command("PTTL", key), Schema.decodeUnknownEffect(Schema.Finite))
})

const day = 86_400_000

describe("intent ledger in Redis", () => {
  it.effect("G4 a store with another stamp rejects every operation", () =>
    Effect.gen(function* () {
      const ledger = yield* IntentLedger
      const id = newId()
      const refused = [
        ledger.claim(claimOf(id)),
        ledger.release(id, "token-1", passing),
        ledger.settle(id, 1, "token-1", { state: "sent", receipt: {} }),
        ledger.evidence({ intentId: id, attempt: 1, status: "sent" }),
        ledger.get(id),
        ledger.sameContent(id, "mac"),
        ledger.list("sent", { limit: 1 }),
        ledger.oldestDoubt
      ]
      for (const operation of refused) {
        const error = yield* Effect.flip<unknown, InfraError, never>(operation)
        assert.strictEqual(error.code, "store_unstamped")
      }
      assert.deepStrictEqual(yield* keysLike("*int_*"), [])
    }).pipe(
      Effect.provide(
        layer().pipe(
          Layer.provide(
            Layer.effect(
              Deployment,
              Effect.map(Deployment, (deployment) => ({ ...deployment, id: "another" }))
            )
          ),
          Layer.provide(testSealer),
          Layer.provideMerge(beneath())
        )
      )
    )
  )

  it.effect("G5 the fields that another release wrote are kept", () =>
    Effect.gen(function* () {
      const store = yield* RedisStore
      const ledger = yield* IntentLedger
      const id = newId()
      yield* claimed(id)
      const key = yield* theKey(`*:intent:${id}`)
      yield* store.command("HSET", key, "tomorrow", "kept")
      yield* ledger.evidence({ intentId: id, attempt: 1, status: "failed", failure: passing })
      yield* ledger.settle(id, 1, "token-1", { state: "failed", failure: passing })
      yield* claimed(id, "token-2")
      yield* ledger.release(id, "token-2", passing)
      assert.strictEqual(yield* store.command("HGET", key, "tomorrow"), "kept")
      assert.strictEqual(yield* store.command("HGET", key, "v"), "1")
    }).pipe(Effect.provide(storeLayer()))
  )

  it.effect("the keys of an intent share the hash slot of its partition", () =>
    Effect.gen(function* () {
      const ledger = yield* IntentLedger
      const id = newId()
      yield* claimed(id)
      yield* ledger.release(id, "token-1", passing)
      const own = yield* keysLike(`*${id}`)
      const names = own.map((key) => key.slice(key.indexOf("}") + 2)).sort()
      assert.deepStrictEqual(names, [`intent:${id}`, `tokens:${id}`, `tombstone:${id}`])
      const tags = new Set([...own, ...(yield* keysLike("*:intents:*"))].map((key) => /\{(.*)\}/.exec(key)?.[1]))
      assert.strictEqual(tags.size, 1)
    }).pipe(Effect.provide(storeLayer()))
  )

  it.effect("G23 the retention starts at settlement: 30 days for records and 400 days for tombstones", () =>
    Effect.gen(function* () {
      const ledger = yield* IntentLedger
      const id = newId()
      yield* claimed(id)
      const key = yield* theKey(`*:intent:${id}`)
      assert.strictEqual(yield* millisLeft(key), -1)
      yield* ledger.settle(id, 1, "token-1", { state: "failed", failure: passing })
      assert.closeTo(yield* millisLeft(key), 30 * day, 60_000)
      assert.closeTo(yield* millisLeft(yield* theKey(`*:tombstone:${id}`)), 400 * day, 60_000)
      yield* claimed(id, "token-2")
      assert.strictEqual(yield* millisLeft(key), -1)
      assert.closeTo(yield* millisLeft(yield* theKey(`*:tokens:${id}`)), day, 60_000)
    }).pipe(Effect.provide(storeLayer()))
  )

  it.effect("G49 a fingerprint is written before its record, and stays as long as the evidence it may prove", () =>
    Effect.gen(function* () {
      const store = yield* RedisStore
      const [old, id] = [newId(), newId()]
      yield* claimed(old, "token-1", { fingerprints: ["f-1"] })
      const key = yield* theKey("*:fingerprint:f-1")
      assert.closeTo(yield* millisLeft(key), fingerprintLife, 60_000)
      yield* store.command("ZADD", key, "1000", `${old}:1`)
      yield* claimed(id, "token-1", { fingerprints: ["f-1"] })
      assert.deepStrictEqual(yield* Effect.flatMap(store.command("ZRANGE", key, "0", "-1"), asTexts("ZRANGE")), [
        `${id}:1`
      ])
      const writes = claimScript.source.split("redis.call('HSET', KEYS[2]")
      assert.include(writes[0], "leaveFingerprints(12")
    }).pipe(Effect.provide(onePartition))
  )

  it.effect("G14 the store holds no message id in plain text or base64", () =>
    Effect.gen(function* () {
      const store = yield* RedisStore
      const ledger = yield* IntentLedger
      const [sent, proven] = [newId(), newId()]
      yield* claimed(sent)
      yield* ledger.settle(sent, 1, "token-1", { state: "sent", receipt: { messageId } })
      yield* claimed(proven)
      yield* ledger.evidence({ intentId: proven, attempt: 1, status: "5511999999999", messageId })
      const kept: Array<string> = []
      for (const key of yield* keysLike("*:intent:*")) {
        kept.push(...(yield* Effect.flatMap(store.command("HGETALL", key), asTexts("HGETALL"))))
      }
      assert.isAbove(kept.length, 30)
      for (const text of kept) {
        for (const layer of [text, ...text.split(":").map((part) => Buffer.from(part, "base64").toString("latin1"))]) {
          assert.notInclude(layer, "5511999999999")
          assert.notInclude(layer, "wamid")
        }
      }
      for (const id of [sent, proven]) assert.deepStrictEqual((yield* recordOf(id)).receipt, { messageId })
    }).pipe(Effect.provide(storeLayer()))
  )

  it.effect("G36 a receipt that cannot be decrypted is named and kept, and its intent stays readable", () =>
    Effect.gen(function* () {
      const store = yield* RedisStore
      const ledger = yield* IntentLedger
      const id = newId()
      yield* claimed(id)
      yield* ledger.settle(id, 1, "token-1", { state: "sent", receipt: { messageId } })
      const key = yield* theKey(`*:intent:${id}`)
      yield* store.command("HSET", key, "receipt", "1:lost:AAAA")
      const answer = yield* ledger.claim(claimOf(id, "token-2"))
      if (answer._tag !== "Held") return assert.fail(answer._tag)
      assert.strictEqual(answer.record.state, "sent")
      assert.isUndefined(answer.record.receipt)
      assert.deepStrictEqual(steps(answer.record), ["1 claimed", "1 sent", "1 receipt_unreadable"])
      assert.strictEqual(yield* store.command("HGET", key, "receipt"), "1:lost:AAAA")
    }).pipe(Effect.provide(storeLayer()))
  )

  it.effect("G36 a request that cannot be decrypted is named and kept, and its intent stays readable", () =>
    Effect.gen(function* () {
      const store = yield* RedisStore
      const ledger = yield* IntentLedger
      const id = newId()
      yield* accepted(id)
      const key = yield* theKey(`*:intent:${id}`)
      yield* store.command("HSET", key, "request", "1:lost:AAAA")
      const kept = yield* ledger.kept(id)
      if (kept === undefined || kept === "expired") return assert.fail(String(kept))
      assert.deepInclude(kept, { unreadable: true, lane })
      assert.strictEqual(kept.record.state, "accepted")
      assert.isUndefined(kept.request)
      assert.strictEqual(yield* store.command("HGET", key, "request"), "1:lost:AAAA")
    }).pipe(Effect.provide(storeLayer()))
  )

  it.live("G3 a read of an intent counts only once its replicas have it", () =>
    Effect.gen(function* () {
      const { port } = yield* redisServer()
      const url = `redis://127.0.0.1:${port}`
      const known = stamped.pipe(Layer.provide(client({ url })))
      const at = (replicas: number) =>
        layer().pipe(
          Layer.provide(testSealer),
          Layer.provide(known),
          Layer.provide(client({ url, replicas, replicaTimeout: 50 }))
        )
      const id = newId()
      yield* Effect.provide(accepted(id), at(0))
      yield* Effect.gen(function* () {
        const ledger = yield* IntentLedger
        for (const content of ["mac-of-content", "other"]) {
          assert.strictEqual((yield* Effect.flip(ledger.peek(id, content))).code, "store_not_replicated")
        }
        assert.strictEqual((yield* ledger.peek(newId(), "mac-of-content"))._tag, "Free")
      }).pipe(Effect.provide(at(1)))
    })
  )

  it.effect("G23 the lists drop expired intents", () =>
    Effect.gen(function* () {
      const store = yield* RedisStore
      const ledger = yield* IntentLedger
      const ids = [newId(), newId()]
      for (const id of ids) {
        yield* claimed(id)
        yield* ledger.settle(id, 1, "token-1", { state: "sent", receipt: {} })
        yield* store.command("DEL", yield* theKey(`*:intent:${id}`))
      }
      assert.strictEqual((yield* keysLike("*:intents:sent")).length, 2)
      assert.deepStrictEqual(yield* ledger.list("sent", { limit: 10 }), { intents: [] })
      assert.deepStrictEqual(yield* keysLike("*:intents:sent"), [])
    }).pipe(Effect.provide(storeLayer()))
  )

  it.effect("an intent is in one list at a time", () =>
    Effect.gen(function* () {
      const ledger = yield* IntentLedger
      const id = newId()
      const stands = Effect.map(keysLike("*:intents:*"), (keys) =>
        keys.map((key) => key.slice(key.lastIndexOf(":") + 1))
      )
      yield* claimed(id)
      yield* ledger.release(id, "token-1", passing)
      assert.deepStrictEqual(yield* stands, ["failed"])
      yield* claimed(id, "token-2")
      assert.deepStrictEqual(yield* stands, ["claimed"])
      yield* ledger.settle(id, 2, "token-2", { state: "in_doubt", failure: unknown })
      assert.deepStrictEqual(yield* stands, ["in_doubt"])
      yield* ledger.evidence({ intentId: id, attempt: 2, status: "read" })
      assert.deepStrictEqual(yield* stands, ["sent"])
    }).pipe(Effect.provide(storeLayer()))
  )

  it.effect("G23 each new entry removes two expired ones from a list", () =>
    Effect.gen(function* () {
      const store = yield* RedisStore
      const ledger = yield* IntentLedger
      const { partitions } = yield* Deployment
      const neighbours = Array.from({ length: 4 * partitions }, newId).filter((id) => partitionOf(id, partitions) === 0)
      for (const id of neighbours) {
        yield* claimed(id)
        yield* ledger.settle(id, 1, "token-1", { state: "sent", receipt: {} })
        while ((yield* ledger.get(id)) !== "expired") yield* Effect.yieldNow
      }
      assert.strictEqual(neighbours.length, 4)
      assert.strictEqual(yield* store.command("ZCARD", yield* theKey("*:intents:sent")), 1)
    }).pipe(Effect.provide(storeLayer({ intents: 1 })))
  )

  it.effect("G6 a full store rejects new claims whole, answers repeats, and accepts every settlement", () =>
    Effect.gen(function* () {
      const server = yield* redisServer()
      const own = layer().pipe(
        Layer.provideMerge(testSealer),
        Layer.provideMerge(stamped),
        Layer.provideMerge(client({ url: server.url }))
      )
      yield* Effect.gen(function* () {
        const store = yield* RedisStore
        const ledger = yield* IntentLedger
        const [settled, released, doubted, again, fresh] = [newId(), newId(), newId(), newId(), newId()]
        for (const id of [settled, released, doubted, again]) yield* claimed(id)
        yield* ledger.settle(again, 1, "token-1", { state: "failed", failure: passing })
        const before = yield* recordOf(again)
        yield* store.command("CONFIG", "SET", "maxmemory", "1")
        for (const id of [fresh, again]) {
          const error = yield* Effect.flip(ledger.claim(claimOf(id, "token-2")))
          assert.strictEqual(error.code, "store_full")
          assert.strictEqual(error.certainty, "not_applied")
        }
        assert.isUndefined(yield* ledger.get(fresh))
        assert.deepStrictEqual(yield* recordOf(again), before)
        assert.strictEqual((yield* ledger.claim(claimOf(settled, "token-2")))._tag, "Held")
        const sent = yield* ledger.settle(settled, 1, "token-1", { state: "sent", receipt: { messageId } })
        assert.strictEqual(sent?.state, "sent")
        yield* ledger.release(released, "token-1", passing)
        assert.strictEqual((yield* recordOf(released)).state, "failed")
        yield* ledger.settle(doubted, 1, "token-1", { state: "in_doubt", failure: unknown })
        yield* ledger.evidence({ intentId: doubted, attempt: 1, status: "read" })
        assert.strictEqual((yield* recordOf(doubted)).state, "sent")
        assert.strictEqual((yield* ledger.list("sent", { limit: 10 })).intents.length, 2)
      }).pipe(Effect.provide(own))
    })
  )
})
