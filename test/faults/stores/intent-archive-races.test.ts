import { assert, describe, it } from "@effect/vitest"
import { randomBytes } from "node:crypto"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { layer as connect, RedisStore } from "../../../layers/redis/client.ts"
import { upgradeStore } from "../../../layers/redis/deployment/change.ts"
import * as RedisDeployment from "../../../layers/redis/deployment/deployment.ts"
import { type ArchivedState, intentKeys } from "../../../layers/redis/intent-ledger/keys.ts"
import { layer } from "../../../layers/redis/intent-ledger/intent-ledger.ts"
import { asTexts } from "../../../layers/redis/scripting/reply.ts"
import type { InfraError } from "../../../src/domain/failure.ts"
import { IntentId } from "../../../src/domain/ids.ts"
import { isForgetCursor } from "../../../src/inbound/erase/erase-person.ts"
import { IntentLedger, type IntentRetention } from "../../../src/outbound/ledger/intent-ledger.ts"
import { claimed, claimOf, failure, messageId, newId, recordOf } from "../../contracts/intent-ledger/subject.ts"
import { Deployment } from "../../../src/deployment/deployment.ts"
import { partitionOf } from "../../../src/partition/partitions.ts"
import { testSealer } from "../../contracts/intent-ledger/sealer.ts"
import { freshStore } from "../../support/fresh-store.ts"
import { redisServer } from "../../support/redis-server.ts"
import { elapse } from "../../support/store-time.ts"

/** Effect that runs after the script of each name. */
type Meanwhile = Map<string, Effect.Effect<unknown, InfraError>>

/** A store after each of whose scripts something else may happen, as another gateway would do it. */
const interrupted = (meanwhile: Meanwhile) =>
  Layer.effect(
    RedisStore,
    Effect.map(RedisStore, (store) =>
      RedisStore.of({
        ...store,
        run: (script, keys, args) =>
          Effect.tap(store.run(script, keys, args), () => {
            const act = meanwhile.get(script.name)
            meanwhile.delete(script.name)
            return act ?? Effect.void
          })
      })
    )
  )

const one = { environment: "local", partitions: 1 } as const
const two = { environment: "local", partitions: 2 } as const

const ledgerOn = <E>(
  store: Layer.Layer<RedisStore, E>,
  retention: Partial<IntentRetention> = {},
  meanwhile: Meanwhile = new Map(),
  options: RedisDeployment.DeploymentOptions = one
) =>
  layer({ settle: 0, ...retention }).pipe(
    Layer.provideMerge(testSealer),
    Layer.provideMerge(RedisDeployment.layer(options)),
    Layer.provideMerge(interrupted(meanwhile)),
    Layer.provideMerge(store)
  )
const ledgerOf = (
  retention?: Partial<IntentRetention>,
  meanwhile?: Meanwhile,
  options?: RedisDeployment.DeploymentOptions
) => ledgerOn(freshStore(), retention, meanwhile, options)
const ownServer = Layer.unwrap(Effect.map(redisServer(), ({ url }) => ledgerOn(connect({ url }))))

const archive = IntentLedger.use((ledger) => ledger.archive(0))
const keysHere = Effect.map(RedisStore, ({ prefix }) => intentKeys(prefix, 0))

const listEntries =
  "local a = {} for i, e in ipairs(redis.call('XRANGE', KEYS[1], '-', '+')) do a[i] = e[1] end return a"

const entriesOf = Effect.fnUntraced(function* (state: ArchivedState) {
  const { command } = yield* RedisStore
  const keys = yield* keysHere
  return yield* Effect.flatMap(command("EVAL", listEntries, 1, keys.archived(state)), asTexts("EVAL"))
})

/** An id as gateways derive it: its bits are random. */
const anyId = () => IntentId.make(`int_${randomBytes(16).toString("hex")}`)

const sent = Effect.fnUntraced(function* (intentId: IntentId) {
  const ledger = yield* IntentLedger
  yield* claimed(intentId)
  yield* ledger.settle(intentId, 1, "token-1", { state: "sent", receipt: { messageId }, mark: "a".repeat(32) })
})

/** Reads all that a partition's intents hold, and the cursors on the way. */
const storedOf = Effect.fnUntraced(function* (limit: number) {
  const ledger = yield* IntentLedger
  const found: Array<IntentId> = []
  const cursors: Array<string> = []
  for (let next: string | undefined = ""; next !== undefined;) {
    const page: { entries: ReadonlyArray<{ intentId: IntentId }>; next?: string } = yield* ledger.stored(0, limit, next)
    found.push(...page.entries.map(({ intentId }) => intentId))
    next = page.next
    if (next !== undefined) cursors.push(next)
  }
  return { found, cursors }
})

describe("archived intents that others change at the same time", () => {
  it.live("G14 an erasure can continue from every place among the intents", () =>
    Effect.gen(function* () {
      for (let count = 0; count < 5; count++) yield* sent(newId())
      yield* archive
      const { cursors } = yield* storedOf(2)
      assert.isAbove(cursors.length, 10)
      assert.deepStrictEqual(
        cursors.filter((cursor) => !isForgetCursor(`intents.0.${cursor}`)),
        []
      )
    }).pipe(Effect.provide(ledgerOf()))
  )

  it.live("G14 an erasure finds an intent that is restored before it is read and archived again", () => {
    const meanwhile: Meanwhile = new Map()
    return Effect.gen(function* () {
      const ledger = yield* IntentLedger
      const intentId = newId()
      yield* sent(intentId)
      yield* elapse(301)
      assert.strictEqual(yield* archive, 1)
      const claim = ledger.claim(claimOf(intentId, "token-2"))
      const then = (script: string, act: Effect.Effect<unknown, InfraError>) =>
        Effect.sync(() => void meanwhile.set(script, act))
      // The list of sent intents was read, the archive was not.
      let scans = 0
      const restoreIt: Effect.Effect<unknown, InfraError> = Effect.suspend(() => {
        scans += 1
        if (scans < 5) return then("scan intents", restoreIt)
        return Effect.andThen(then("list archived", then("list archived", ledger.archive(0))), claim)
      })
      meanwhile.set("scan intents", restoreIt)
      const { found } = yield* storedOf(10)
      assert.include(found, intentId)
    }).pipe(Effect.provide(ledgerOf({ settle: 300 }, meanwhile)))
  })

  it.live("G14 an erasure finds an archived intent that becomes disputed meanwhile", () => {
    const meanwhile: Meanwhile = new Map()
    return Effect.gen(function* () {
      const ledger = yield* IntentLedger
      const intentId = newId()
      yield* claimed(intentId)
      yield* ledger.settle(intentId, 1, "token-1", { state: "failed", failure: failure() })
      yield* ledger.evidence({ intentId, attempt: 1, status: "failed", messageId })
      assert.strictEqual(yield* archive, 1)
      const delivered = ledger.evidence({ intentId, attempt: 1, status: "delivered", messageId })
      meanwhile.set("list archived", delivered)
      const { found } = yield* storedOf(10)
      assert.strictEqual((yield* recordOf(intentId)).state, "disputed")
      assert.include(found, intentId)
    }).pipe(Effect.provide(ledgerOf({}, meanwhile)))
  })

  it.live("G36 an erasure counts an archived intent that cannot be opened as unreadable", () =>
    Effect.gen(function* () {
      yield* sent(newId())
      yield* archive
      const other = layer({ settle: 0 }).pipe(Layer.provide(Layer.fresh(testSealer)), Layer.fresh)
      yield* Effect.gen(function* () {
        const ledger = yield* IntentLedger
        const { entries } = yield* ledger.stored(0, 10, "archive_sent 0")
        assert.strictEqual(entries.length, 1)
        assert.isUndefined(entries[0]?.says)
        assert.isUndefined(entries[0]?.connector)
      }).pipe(Effect.provide(other))
    }).pipe(Effect.provide(ledgerOf()))
  )

  it.live("G22 evidence reaches an intent that is archived again right after it was restored", () => {
    const meanwhile: Meanwhile = new Map()
    return Effect.gen(function* () {
      const ledger = yield* IntentLedger
      const intentId = newId()
      yield* sent(intentId)
      yield* archive
      meanwhile.set("restore intent", ledger.archive(0))
      const answer = yield* ledger.evidence({ intentId, attempt: 1, status: "delivered", messageId })
      assert.strictEqual(answer._tag, "Applied")
      assert.strictEqual((yield* recordOf(intentId)).delivery, "delivered")
    }).pipe(Effect.provide(ledgerOf({}, meanwhile)))
  })

  it.live("a restored intent stays in its list for a while before it is archived again", () =>
    Effect.gen(function* () {
      const ledger = yield* IntentLedger
      const { command } = yield* RedisStore
      const intentId = newId()
      yield* sent(intentId)
      const before = yield* command("HLEN", (yield* keysHere).record(intentId))
      yield* elapse(301)
      assert.strictEqual(yield* archive, 1)
      assert.strictEqual((yield* ledger.claim(claimOf(intentId, "token-2")))._tag, "Held")
      assert.strictEqual(yield* archive, 0)
      yield* elapse(301)
      assert.strictEqual(yield* archive, 1)
      assert.strictEqual((yield* ledger.claim(claimOf(intentId, "token-2")))._tag, "Held")
      assert.strictEqual(yield* command("HLEN", (yield* keysHere).record(intentId)), Number(before) + 1)
    }).pipe(Effect.provide(ledgerOf({ settle: 300 })))
  )

  it.live("an intent that was archived again is restored for as long as it can be read", () =>
    Effect.gen(function* () {
      const ledger = yield* IntentLedger
      const [intentId, later] = [anyId(), anyId()]
      const status = (word: string) => ledger.evidence({ intentId, attempt: 1, status: word, messageId })
      yield* sent(intentId)
      assert.strictEqual(yield* archive, 1)
      yield* elapse(600)
      yield* sent(later)
      assert.strictEqual(yield* archive, 1)
      assert.strictEqual((yield* status("delivered"))._tag, "Applied")
      assert.strictEqual(yield* archive, 1)
      yield* elapse(600)
      assert.strictEqual((yield* recordOf(intentId)).delivery, "delivered")
      assert.strictEqual((yield* status("read"))._tag, "Applied")
      assert.strictEqual((yield* recordOf(intentId)).delivery, "read")
    }).pipe(Effect.provide(ledgerOf({ intents: 1_000 })))
  )

  it.live("G36 a record that is too large to be opened again is not archived", () =>
    Effect.gen(function* () {
      const { command } = yield* RedisStore
      const [large, small] = [newId(), newId()]
      yield* sent(large)
      yield* sent(small)
      yield* command("HSET", (yield* keysHere).record(large), "of-tomorrow", "x".repeat(2_000_000))
      assert.strictEqual(yield* archive, 1)
      assert.strictEqual((yield* recordOf(large)).state, "sent")
    }).pipe(Effect.provide(ledgerOf()))
  )

  it.live("I1 a tombstone outlives its intent, however short its own retention is", () =>
    Effect.gen(function* () {
      const ledger = yield* IntentLedger
      const intentId = newId()
      yield* sent(intentId)
      yield* archive
      for (let round = 0; round < 12; round++) {
        yield* elapse(25)
        yield* archive
        assert.notStrictEqual((yield* ledger.peek(intentId, "mac-of-content"))._tag, "Free")
      }
      assert.strictEqual((yield* ledger.claim(claimOf(intentId, "token-2")))._tag, "Held")
    }).pipe(Effect.provide(ledgerOf({ intents: 60_000, tombstones: 50 })))
  )

  it.live("G50 intents that are archived long after they settled are spread over time", () =>
    Effect.gen(function* () {
      const ledger = yield* IntentLedger
      const { command } = yield* RedisStore
      const keys = yield* keysHere
      const settled = (yield* Clock.currentTimeMillis) - 3_600_000
      const ids = Array.from({ length: 900 }, anyId)
      for (const id of ids) {
        yield* sent(id)
        yield* command("ZADD", keys.list("sent"), settled, id)
      }
      assert.strictEqual(yield* archive, ids.length)
      const entries = yield* entriesOf("sent")
      const counts = new Map<string, number>()
      for (const entry of entries) {
        const time = entry.split("-", 1)[0] ?? ""
        counts.set(time, (counts.get(time) ?? 0) + 1)
      }
      assert.isAtMost(Math.max(...counts.values()), 512)
      assert.isBelow(Number([...counts.keys()].at(-1)), settled + 60_000)
      for (const id of ids) assert.notStrictEqual(yield* ledger.get(id), "expired")
    }).pipe(Effect.provide(ledgerOf()))
  )

  it.live("G22 evidence about an archived intent that cannot be opened does not hold back the others", () =>
    Effect.gen(function* () {
      const intentId = newId()
      yield* sent(intentId)
      yield* archive
      const other = layer({ settle: 0 }).pipe(Layer.provide(Layer.fresh(testSealer)), Layer.fresh)
      yield* Effect.gen(function* () {
        const ledger = yield* IntentLedger
        assert.deepStrictEqual(yield* ledger.evidence({ intentId, attempt: 1, status: "read" }), {
          _tag: "NoEvidence",
          reason: "unreadable"
        })
        assert.strictEqual((yield* Effect.flip(ledger.claim(claimOf(intentId, "token-2")))).code, "unreadable")
      }).pipe(Effect.provide(other))
      assert.isUndefined((yield* recordOf(intentId)).delivery)
    }).pipe(Effect.provide(ledgerOf()))
  )

  it.live("G6 a full store is archived, and evidence about its archived intents is written", () =>
    Effect.gen(function* () {
      const ledger = yield* IntentLedger
      const { command } = yield* RedisStore
      const ids = Array.from({ length: 20 }, anyId)
      yield* Effect.forEach(ids, sent)
      yield* command("CONFIG", "SET", "maxmemory", 1)
      assert.strictEqual((yield* Effect.flip(ledger.claim(claimOf(anyId())))).code, "store_full")
      assert.strictEqual(yield* archive, ids.length)
      for (const intentId of ids) {
        assert.strictEqual((yield* ledger.claim(claimOf(intentId, "token-2")))._tag, "Held")
        const answer = yield* ledger.evidence({ intentId, attempt: 1, status: "read", messageId })
        assert.strictEqual(answer._tag, "Applied")
      }
    }).pipe(Effect.provide(ownServer))
  )

  it.live("G8 an intent that settled by a clock that was ahead is archived at the present time", () =>
    Effect.gen(function* () {
      const { command } = yield* RedisStore
      const keys = yield* keysHere
      const [ahead, other] = [anyId(), anyId()]
      yield* sent(ahead)
      yield* command("ZADD", keys.list("sent"), (yield* Clock.currentTimeMillis) + 31_536_000_000, ahead)
      assert.strictEqual(yield* archive, 1)
      yield* elapse(5)
      yield* sent(other)
      assert.strictEqual(yield* archive, 1)
      const entries = yield* entriesOf("sent")
      assert.strictEqual(new Set(entries.map((entry) => entry.split("-", 1)[0])).size, 2)
      for (const id of [ahead, other]) assert.strictEqual((yield* recordOf(id)).state, "sent")
    }).pipe(Effect.provide(ledgerOf()))
  )

  it.live("G5 a store is used while only some of its partitions are upgraded, and the upgrade completes", () =>
    Effect.gen(function* () {
      const ledger = yield* IntentLedger
      const { command, prefix } = yield* RedisStore
      const { id } = yield* Deployment
      const ids = Array.from({ length: 40 }, anyId)
      yield* command("HSET", intentKeys(prefix, 1).stamp, "id", id, "format", 1)
      yield* Effect.forEach(ids, sent)
      const here = ids.filter((intentId) => partitionOf(intentId, 2) === 0).length
      assert.strictEqual(yield* ledger.archive(0), here)
      assert.strictEqual(yield* ledger.archive(1), 0)
      for (const intentId of ids) assert.strictEqual((yield* ledger.claim(claimOf(intentId, "again")))._tag, "Held")
      assert.strictEqual((yield* Effect.flip(RedisDeployment.readStore(two)))._tag, "StampRefused")
      yield* upgradeStore(two)
      assert.strictEqual(yield* ledger.archive(1), ids.length - here)
      assert.strictEqual((yield* RedisDeployment.readStore(two))?.format, 2)
    }).pipe(Effect.provide(ledgerOf({}, new Map(), two)))
  )

  for (const script of ["list intents", "list archived", "read intents"]) {
    it.live(`a list shows an intent that is archived after the script "${script}"`, () => {
      const meanwhile: Meanwhile = new Map()
      return Effect.gen(function* () {
        const ledger = yield* IntentLedger
        const intentId = newId()
        yield* sent(intentId)
        meanwhile.set(script, ledger.archive(0))
        const { intents } = yield* ledger.list("sent", { limit: 10 })
        assert.deepStrictEqual(
          intents.map((record) => record.intentId),
          [intentId]
        )
      }).pipe(Effect.provide(ledgerOf({}, meanwhile)))
    })
  }

  for (const [first, then] of [
    [400, 1_200],
    [1_200, 400]
  ] as const) {
    it.live(`I1 no archived intent is performed again while tombstones of ${first} ms become ones of ${then} ms`, () =>
      Effect.gen(function* () {
        const before = yield* IntentLedger
        const after = layer({ settle: 0, intents: 200, tombstones: then }).pipe(Layer.fresh)
        const ended = new Map<IntentId, { readonly at: number; readonly until: number }>()
        const begun = yield* Clock.currentTimeMillis
        const round = Effect.fnUntraced(function* (ledger: IntentLedger["Service"], tombstones: number) {
          const id = anyId()
          const at = yield* Clock.currentTimeMillis
          yield* Effect.provideService(sent(id), IntentLedger, ledger)
          ended.set(id, { at, until: at + tombstones - 100 })
          yield* ledger.archive(0)
          for (const [one, { at, until }] of ended) {
            const { _tag } = yield* ledger.peek(one, "mac-of-content")
            // A later answer may be of a time at which the tombstone had ended.
            const now = yield* Clock.currentTimeMillis
            if (now > until) continue
            assert.notStrictEqual(_tag, "Free", `after ${now - at} ms`)
          }
          yield* elapse(20)
        })
        while ((yield* Clock.currentTimeMillis) - begun < 600) yield* round(before, Math.min(first, then))
        yield* Effect.gen(function* () {
          const ledger = yield* IntentLedger
          while ((yield* Clock.currentTimeMillis) - begun < 3_000) yield* round(ledger, then)
        }).pipe(Effect.provide(after))
      }).pipe(Effect.provide(ledgerOf({ intents: 200, tombstones: first })))
    )
  }

  it.live("I1 claims, evidence and archiving by several gateways at once perform each intent once", () =>
    Effect.gen(function* () {
      const ids = Array.from({ length: 60 }, anyId)
      const performed = new Map<string, number>()
      const gateway = (name: number) =>
        Effect.gen(function* () {
          const ledger = yield* IntentLedger
          for (let round = 0; round < 250; round++) {
            const id = ids[Math.floor(Math.random() * ids.length)] ?? newId()
            const token = `${name}-${round}`
            const dice = Math.random()
            if (dice < 0.2) yield* ledger.archive(0)
            else if (dice < 0.35) yield* ledger.evidence({ intentId: id, attempt: 1, status: "delivered" })
            else if (dice < 0.4) yield* ledger.list("sent", { limit: 20 })
            else if (dice < 0.45) yield* ledger.release(id, `late-${token}`, failure())
            else {
              const answer = yield* ledger.claim(claimOf(id, token))
              if (answer._tag !== "Claimed") continue
              const fails = Math.random() < 0.5
              if (!fails) performed.set(id, (performed.get(id) ?? 0) + 1)
              yield* ledger.settle(
                id,
                answer.attempt,
                token,
                fails
                  ? { state: "failed", failure: failure({ transient: true }) }
                  : { state: "sent", receipt: { messageId }, mark: "b".repeat(32) }
              )
            }
          }
        }).pipe(Effect.provide(layer({ settle: 0 }).pipe(Layer.fresh)))
      yield* Effect.all([1, 2, 3, 4, 5].map(gateway), { concurrency: "unbounded" })
      assert.isAbove(performed.size, 30)
      assert.deepStrictEqual(
        [...performed].filter(([, count]) => count > 1),
        []
      )
    }).pipe(Effect.provide(ledgerOf()))
  )
})
