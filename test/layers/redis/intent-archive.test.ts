// @effect-diagnostics globalDateInEffect:off
import { randomBytes } from "node:crypto"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { RedisStore } from "../../../layers/redis/client.ts"
import { upgradeStore } from "../../../layers/redis/deployment/change.ts"
import * as RedisDeployment from "../../../layers/redis/deployment/deployment.ts"
import { intentKeys } from "../../../layers/redis/intent-ledger/keys.ts"
import { layer } from "../../../layers/redis/intent-ledger/intent-ledger.ts"
import { asTexts } from "../../../layers/redis/scripting/reply.ts"
import { IntentId } from "../../../src/domain/ids.ts"
import { IntentLedger, type IntentRetention } from "../../../src/outbound/ledger/intent-ledger.ts"
import { Deployment } from "../../../src/deployment/deployment.ts"
import {
  claimed,
  claimOf,
  failure,
  messageId,
  newId,
  passing,
  recordOf
} from "../../contracts/intent-ledger/subject.ts"
import { testSealer } from "../../contracts/intent-ledger/sealer.ts"
import { ageMarks, bucketsIn } from "./age-marks.ts"
import { freshStore } from "../../support/fresh-store.ts"
import { elapse } from "../../support/store-time.ts"

const options = { environment: "local", partitions: 1 } as const

/** A ledger on a fresh store of one partition, in which an ended intent may be archived at once. */
const ledgerOf = (retention: Partial<IntentRetention> = {}) =>
  layer({ settle: 0, ...retention }).pipe(
    Layer.provideMerge(testSealer),
    Layer.provideMerge(RedisDeployment.layer(options)),
    Layer.provideMerge(freshStore())
  )

const archive = IntentLedger.use((ledger) => ledger.archive(0))

const sent = Effect.fnUntraced(function* (intentId: IntentId) {
  const ledger = yield* IntentLedger
  yield* claimed(intentId)
  yield* ledger.settle(intentId, 1, "token-1", { state: "sent", receipt: { messageId }, mark: "a".repeat(32) })
  return yield* recordOf(intentId)
})

const failed = Effect.fnUntraced(function* (intentId: IntentId, report = failure()) {
  const ledger = yield* IntentLedger
  yield* claimed(intentId)
  yield* ledger.settle(intentId, 1, "token-1", { state: "failed", failure: report })
  return yield* recordOf(intentId)
})

const namesOf = Effect.fnUntraced(function* (pattern: string) {
  const { command, prefix } = yield* RedisStore
  return yield* Effect.flatMap(command("KEYS", `${prefix}:${pattern}`), asTexts("KEYS"))
})

const keysHere = Effect.map(RedisStore, ({ prefix }) => intentKeys(prefix, 0))

/** Makes the store one of format 1, as an earlier release has written it. */
const earlierFormat = Effect.gen(function* () {
  const { command } = yield* RedisStore
  const { stamp } = yield* keysHere
  const { id } = yield* Deployment
  yield* command("HSET", stamp, "id", id, "format", 1)
})

describe("archived intents in Redis", () => {
  it.effect("an archived intent keeps one entry and one mark, and reads as before", () =>
    Effect.gen(function* () {
      const [one, other] = [newId(), newId()]
      const before = [yield* sent(one), yield* failed(other)]
      assert.strictEqual(yield* archive, 2)
      assert.deepStrictEqual([yield* recordOf(one), yield* recordOf(other)], before)
      assert.deepStrictEqual(yield* namesOf("*int_*"), [])
      const { command } = yield* RedisStore
      const keys = yield* keysHere
      for (const state of ["sent", "failed"] as const) {
        assert.strictEqual(yield* command("XLEN", keys.archived(state)), 1)
        assert.strictEqual(yield* command("ZCARD", keys.list(state)), 0)
      }
      const [bucket = ""] = yield* namesOf("*:t:*")
      assert.strictEqual(yield* command("HLEN", bucket), 2)
      assert.strictEqual(yield* archive, 0)
    }).pipe(Effect.provide(ledgerOf()))
  )

  it.effect("G14 the archive shows neither the receipt nor a number", () =>
    Effect.gen(function* () {
      yield* sent(newId())
      yield* archive
      const { command } = yield* RedisStore
      const keys = yield* keysHere
      const shown = JSON.stringify(yield* command("XRANGE", keys.archived("sent"), "-", "+"))
      for (const secret of ["wamid", "5511999", "messageId", "support"]) assert.notInclude(shown, secret)
    }).pipe(Effect.provide(ledgerOf()))
  )

  it.effect("I1 a repeat of an archived intent is not performed, before and after its retention", () =>
    Effect.gen(function* () {
      const ledger = yield* IntentLedger
      const intentId = newId()
      yield* sent(intentId)
      yield* archive
      assert.strictEqual((yield* ledger.peek(intentId, "mac-of-content"))._tag, "Held")
      assert.strictEqual((yield* ledger.peek(intentId, "other"))._tag, "OtherContent")
      assert.strictEqual((yield* ledger.claim(claimOf(intentId, "token-2")))._tag, "Held")
      assert.strictEqual(yield* archive, 1)
      yield* elapse(301)
      assert.strictEqual((yield* ledger.peek(intentId, "mac-of-content"))._tag, "Expired")
      assert.strictEqual((yield* ledger.claim(claimOf(intentId, "token-3")))._tag, "Expired")
      yield* archive
      const { command } = yield* RedisStore
      assert.strictEqual(yield* command("XLEN", (yield* keysHere).archived("sent")), 0)
      assert.strictEqual(yield* ledger.get(intentId), "expired")
      assert.strictEqual((yield* ledger.claim(claimOf(intentId, "token-4")))._tag, "Expired")
    }).pipe(Effect.provide(ledgerOf({ intents: 300, tombstones: 400 * 86_400_000 })))
  )

  it.effect("a failed intent that may be tried again is restored with every field, known or not", () =>
    Effect.gen(function* () {
      const ledger = yield* IntentLedger
      const { command } = yield* RedisStore
      const keys = yield* keysHere
      const intentId = newId()
      yield* failed(intentId, passing)
      yield* command("HSET", keys.record(intentId), "of-tomorrow", "olá \u{1F511}")
      assert.strictEqual(yield* archive, 1)
      const again = yield* ledger.claim(claimOf(intentId, "token-2"))
      assert.strictEqual(again._tag === "Claimed" && again.attempt, 2)
      assert.strictEqual(yield* command("HGET", keys.record(intentId), "of-tomorrow"), "olá \u{1F511}")
      assert.strictEqual(yield* command("PTTL", keys.record(intentId)), -1)
    }).pipe(Effect.provide(ledgerOf()))
  )

  it.effect("an intent that changes while it is archived is not archived", () =>
    Effect.gen(function* () {
      const ledger = yield* IntentLedger
      const intentId = newId()
      yield* sent(intentId)
      const { command } = yield* RedisStore
      const keys = yield* keysHere
      yield* command("HSET", keys.tokens(intentId), "token-0", 1)
      assert.strictEqual(yield* archive, 0)
      yield* command("DEL", keys.tokens(intentId))
      yield* ledger.evidence({ intentId, attempt: 1, status: "read" })
      assert.strictEqual(yield* archive, 1)
      const late = yield* ledger.evidence({ intentId, attempt: 1, status: "played" })
      assert.strictEqual(late._tag === "Applied" && late.record.delivery, "played")
    }).pipe(Effect.provide(ledgerOf()))
  )

  it.effect(
    "G5 nothing is archived before the store is upgraded, and the tombstones of an earlier release still count",
    () =>
      Effect.gen(function* () {
        const ledger = yield* IntentLedger
        yield* earlierFormat
        const [one, old] = [newId(), newId()]
        const before = yield* sent(one)
        const { command } = yield* RedisStore
        const keys = yield* keysHere
        yield* command("SET", keys.tombstone(old), "1")
        assert.strictEqual(yield* archive, 0)
        yield* upgradeStore(options)
        assert.strictEqual(yield* archive, 1)
        assert.deepStrictEqual(yield* recordOf(one), before)
        assert.strictEqual((yield* ledger.claim(claimOf(old)))._tag, "Expired")
      }).pipe(Effect.provide(ledgerOf()))
  )

  it.effect("G5 the upgrade refuses a gateway of an earlier release, and not one of this release", () =>
    Effect.gen(function* () {
      yield* earlierFormat
      const intentId = newId()
      yield* sent(intentId)
      const { command } = yield* RedisStore
      const { stamp } = yield* keysHere
      const { id } = yield* Deployment
      assert.strictEqual(yield* command("HGET", stamp, "id"), id)
      yield* upgradeStore(options)
      assert.notStrictEqual(yield* command("HGET", stamp, "id"), id)
      assert.strictEqual((yield* recordOf(intentId)).state, "sent")
      assert.strictEqual((yield* RedisDeployment.readStore(options))?.format, 2)
    }).pipe(Effect.provide(ledgerOf()))
  )

  it.effect("G23 nothing is claimed when the fields of the archive are lost", () =>
    Effect.gen(function* () {
      const ledger = yield* IntentLedger
      const intentId = newId()
      yield* sent(intentId)
      yield* archive
      const { command } = yield* RedisStore
      yield* command("DEL", (yield* keysHere).archive)
      for (const id of [intentId, newId()]) {
        assert.strictEqual((yield* Effect.flip(ledger.claim(claimOf(id, "token-2")))).code, "store_damaged")
      }
    }).pipe(Effect.provide(ledgerOf()))
  )

  it.effect("a list of ended intents shows archived and other intents in one order, page by page", () =>
    Effect.gen(function* () {
      const ledger = yield* IntentLedger
      const ids = Array.from({ length: 25 }, newId)
      for (const [at, intentId] of ids.entries()) {
        yield* sent(intentId)
        if (at % 7 === 6) yield* archive
      }
      const first = ids[3] ?? newId()
      yield* ledger.evidence({ intentId: first, attempt: 1, status: "delivered" })
      yield* archive
      const seen: Array<string> = []
      let cursor: string | undefined
      do {
        const page = yield* ledger.list("sent", { limit: 4, ...(cursor === undefined ? {} : { cursor }) })
        seen.push(...page.intents.map((record) => record.intentId))
        cursor = page.next
      } while (cursor !== undefined)
      assert.strictEqual(seen.length, ids.length)
      assert.deepStrictEqual([...seen].sort(), [...ids].sort())
      const others = (all: ReadonlyArray<string>) => all.filter((id) => id !== first)
      const times = new Map<string, number>()
      for (const id of ids) times.set(id, (yield* recordOf(id)).settledAt ?? 0)
      const order = others(seen).map((id) => times.get(id) ?? 0)
      assert.deepStrictEqual(
        order,
        order.toSorted((a, b) => b - a)
      )
    }).pipe(Effect.provide(ledgerOf()))
  )

  it.effect("G14 erasing a person finds an archived intent, and leaves nothing sealed of it", () =>
    Effect.gen(function* () {
      const ledger = yield* IntentLedger
      const intentId = newId()
      yield* sent(intentId)
      yield* archive
      const held: Array<string | undefined> = []
      let next: string | undefined = ""
      while (next !== undefined) {
        const page: { entries: ReadonlyArray<{ intentId: IntentId; says?: string }>; next?: string } =
          yield* ledger.stored(0, 10, next)
        for (const entry of page.entries) if (entry.intentId === intentId) held.push(entry.says)
        next = page.next
      }
      assert.strictEqual(held.length, 1)
      assert.include(held[0], messageId)
      yield* ledger.forget(intentId, failure())
      assert.isUndefined((yield* recordOf(intentId)).receipt?.messageId)
      yield* archive
      assert.isUndefined((yield* recordOf(intentId)).receipt?.messageId)
      assert.strictEqual((yield* recordOf(intentId)).state, "sent")
    }).pipe(Effect.provide(ledgerOf()))
  )

  it.effect("another gateway finds archived intents, though it knows nothing of the table of tombstones", () =>
    Effect.gen(function* () {
      const ids = Array.from({ length: 300 }, newId)
      yield* Effect.forEach(ids, sent, { concurrency: 16 })
      for (let count = yield* archive; count > 0;) count = yield* archive
      const { prefix } = yield* RedisStore
      const other = layer({ settle: 0 }).pipe(Layer.fresh)
      yield* Effect.gen(function* () {
        const ledger = yield* IntentLedger
        for (const id of ids.slice(0, 20)) assert.strictEqual((yield* ledger.claim(claimOf(id, "other")))._tag, "Held")
        assert.strictEqual((yield* ledger.claim(claimOf(newId(), "other")))._tag, "Claimed")
      }).pipe(Effect.provide(other))
      assert.isString(prefix)
    }).pipe(Effect.provide(ledgerOf()))
  )

  it.effect(
    "G23 tombstones outlive a turn of their generation, and are deleted one by one when their time is over",
    () =>
      Effect.gen(function* () {
        const ledger = yield* IntentLedger
        const ids = Array.from({ length: 200 }, () => IntentId.make(`int_${randomBytes(16).toString("hex")}`))
        yield* Effect.forEach(ids, sent, { concurrency: 16 })
        for (let count = yield* archive; count > 0;) count = yield* archive
        const { command } = yield* RedisStore
        yield* command("DEL", (yield* keysHere).archived("sent"))
        yield* ageMarks(0, 1, "tombstones")
        for (const id of ids.slice(0, 10)) {
          assert.strictEqual(yield* ledger.get(id), "expired")
          assert.strictEqual((yield* ledger.claim(claimOf(id, "late")))._tag, "Expired")
        }
        assert.isAbove((yield* bucketsIn(0, "tombstones")).length, 1)
        // A mark counts in units of its generation, and is deleted two units late at most.
        yield* elapse(70)
        yield* archive
        assert.deepStrictEqual(yield* bucketsIn(0, "tombstones"), [])
        assert.strictEqual((yield* ledger.claim(claimOf(ids[0] ?? newId(), "new")))._tag, "Claimed")
      }).pipe(Effect.provide(ledgerOf({ intents: 3 * 86_400_000, tombstones: 3 * 86_400_000 })))
  )

  it.effect("G23 a tombstone of the previous generation is found once the present one was written", () =>
    Effect.gen(function* () {
      const now = Date.now()
      // A width in whose middle the present lies, so that no turn of a generation happens during the test.
      const width = [72, 79, 86, 93, 100, 107]
        .map((hours) => hours * 3_600_000)
        .find((one) => now % one > one / 3 && now % one < (2 * one) / 3)
      assert.isDefined(width)
      yield* Effect.gen(function* () {
        const ledger = yield* IntentLedger
        const old = newId()
        yield* sent(old)
        yield* archive
        const { command } = yield* RedisStore
        const { archived, archive: fields } = yield* keysHere
        yield* command("DEL", archived("sent"))
        yield* ageMarks(0, 1, "tombstones")
        // The marks are as old as their retention now. The generations begin a quarter later, so that they still count.
        yield* command("HINCRBY", fields, "shift", Math.floor((now % width) / 2))
        yield* sent(newId())
        assert.strictEqual(yield* archive, 1)
        const before = yield* Effect.flatMap(command("HMGET", fields, "before"), asTexts("HMGET"))
        assert.deepStrictEqual(before, ["1"])
        assert.strictEqual((yield* ledger.claim(claimOf(old, "late")))._tag, "Expired")
      }).pipe(Effect.provide(ledgerOf({ intents: width, tombstones: width })))
    })
  )
})
