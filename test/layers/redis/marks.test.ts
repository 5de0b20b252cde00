import { assert, describe, it } from "@effect/vitest"
import { createHash } from "node:crypto"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { RedisStore } from "../../../layers/redis/client.ts"
import {
  addressOfHex,
  bucketOf,
  fill,
  markAddress,
  markHexOf,
  markOf,
  sourceOf
} from "../../../layers/redis/marks/mark-table.ts"
import { keysOf } from "../../../layers/redis/keys.ts"
import { defineScript } from "../../../layers/redis/scripting/script.ts"
import { layer as logLayer } from "../../../layers/redis/event-log/event-log.ts"
import { layer } from "../../../layers/redis/store.ts"
import { EventLog, type NewEntry } from "../../../src/inbound/event-log/event-log.ts"
import { EventRecords } from "../../../src/inbound/event-log/event-admin.ts"
import { retention } from "../../../src/inbound/event-log/retention.ts"
import { freshStore } from "../../support/fresh-store.ts"
import { ageMarks, bucketsIn } from "./age-marks.ts"
import { into } from "../../support/into.ts"

/** Consumed by nobody, so that the log itself stays out of the measure. */
const event = (n: number): NewEntry => ({
  key: `evt_${createHash("sha256").update(String(n)).digest("hex").slice(0, 32)}`,
  sort: "event",
  consumers: [],
  record: "r"
})

let batches = 0
const batch = (...entries: ReadonlyArray<NewEntry>) => ({ nonce: `batch-${++batches}`, entries })
const run = (from: number, to: number) => batch(...Array.from({ length: to - from }, (_, n) => event(from + n)))

const refused: NewEntry = { ...event(0), key: `qua_${"0".repeat(32)}`, sort: "quarantine" }

const fresh = () => layer({ environment: "local", partitions: 1 }).pipe(Layer.provideMerge(freshStore()))

const redis = Effect.fnUntraced(function* (name: string, ...args: ReadonlyArray<string | number>) {
  return yield* (yield* RedisStore).command(name, ...args)
})
const here = Effect.map(RedisStore, (store) => keysOf(store.prefix, 0))
const table = Effect.gen(function* () {
  const fields = ["generation", "buckets", "remembered", "before"]
  const reply = yield* redis("HMGET", (yield* here).of("counters"), ...fields)
  const [generation = 0, buckets = 0, remembered = 0, before = 0] = Array.isArray(reply) ? reply.map(Number) : []
  return { generation, buckets, remembered, before }
})
const sizes = Effect.flatMap(bucketsIn(0), (names) =>
  Effect.forEach(names, (name) => Effect.map(redis("HLEN", name), Number))
)

const setMarkScript = defineScript("set mark", "#!lua\nreturn redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])\n")

describe("dedupe marks", () => {
  it("a bucket is split with the new one alone, and every address has a bucket", () => {
    for (let buckets = 1; buckets < 300; buckets++) {
      for (let address = 0; address < 2_000; address += 37) {
        const now = bucketOf(address, buckets)
        assert.isBelow(now, buckets)
        const then = bucketOf(address, buckets + 1)
        if (then !== now) assert.deepStrictEqual([now, then], [sourceOf(buckets), buckets])
      }
    }
    assert.isBelow(bucketOf(2 ** 32 - 1, 100_000), 100_000)
  })

  it("a mark holds 96 bits of the event id, and differs from the mark of a quarantine id", () => {
    const key = `evt_${"0123456789abcdef".repeat(2)}`
    assert.strictEqual(markOf(key).toString("hex"), key.slice(12))
    assert.strictEqual(markAddress(markOf(key)), 0x89abcdef)
    assert.notDeepEqual(markOf(key.replace("evt", "qua")), markOf(key))
  })

  it("a mark in hex is the same mark at the same address, for events, intents and any other key", () => {
    const digits = "0123456789abcdef".repeat(2)
    for (const key of [`evt_${digits}`, `int_${digits}`, "qua_1"]) {
      assert.strictEqual(markHexOf(key), markOf(key).toString("hex"))
      assert.strictEqual(addressOfHex(markHexOf(key)), markAddress(markOf(key)))
    }
  })

  it.effect("G10 20,000 marks fill small buckets, each is recognised, at a fraction of one key each", () =>
    Effect.gen(function* () {
      const log = yield* EventLog
      const many = 20_000
      for (let from = 0; from < many; from += 250) yield* log.admit(into(0, run(from, from + 250)))
      const { buckets, remembered } = yield* table
      assert.strictEqual(remembered, many)
      assert.strictEqual(buckets, Math.ceil(many / fill))
      const held = yield* sizes
      assert.strictEqual(
        held.reduce((sum, size) => sum + size, 0),
        many
      )
      assert.isAtMost(Math.max(...held), 128)
      for (let from = 0; from < many; from += 1_000) {
        assert.deepStrictEqual([...new Set(yield* log.admit(into(0, run(from, from + 1_000))))], ["deduped"])
      }
      let bytes = 0
      for (const name of yield* bucketsIn(0)) {
        assert.strictEqual(yield* redis("OBJECT", "ENCODING", name), "listpack")
        bytes += Number(yield* redis("MEMORY", "USAGE", name))
      }
      const { prefix } = yield* RedisStore
      yield* redis("SET", `${prefix}:${event(0).key}`, 1, "EX", 691_200)
      const one = Number(yield* redis("MEMORY", "USAGE", `${prefix}:${event(0).key}`))
      assert.isAtMost(bytes / many, 0.2 * one)
    }).pipe(Effect.provide(fresh()))
  )

  it.effect("G10 a generation of marks expires as a whole, after its last read", () =>
    Effect.gen(function* () {
      const log = yield* EventLog
      yield* log.admit(into(0, batch(refused, ...run(0, 500).entries)))
      const { generation } = yield* table
      const names = yield* bucketsIn(0)
      assert.isAbove(names.length, 9)
      const end = (generation + 2) * retention.marks
      for (const name of names) assert.strictEqual(yield* redis("PEXPIRETIME", name), end)
      yield* ageMarks(0, 1)
      yield* log.admit(into(0, run(500, 501)))
      assert.deepStrictEqual(yield* table, {
        generation,
        buckets: Math.floor(names.length / 2),
        remembered: 1,
        before: names.length
      })
      // Each with one bucket that is there by now and one that is not, first or last.
      for (let n = 501; n < 540; n++) yield* log.admit(into(0, batch(...[event(n), event(n - 1)].slice(n % 3 ? 0 : 1))))
      for (let n = 541; n < 580; n++) yield* log.admit(into(0, batch(event(500), event(n))))
      const all = yield* bucketsIn(0)
      assert.isAbove(all.length, names.length + 1)
      for (const name of all) assert.strictEqual(yield* redis("PEXPIRETIME", name), end)
    }).pipe(Effect.provide(fresh()))
  )

  it.effect("G8 an event is found by its mark although the log is ahead of the store's clock", () =>
    Effect.gen(function* () {
      const log = yield* EventLog
      const records = yield* EventRecords
      const [seconds = 0] = yield* Effect.map(redis("TIME"), (time) => (Array.isArray(time) ? time.map(Number) : []))
      yield* log.admit(into(0, run(1, 2)))
      yield* redis("XADD", (yield* here).of("log"), `${(seconds + 60) * 1_000}-0`, "k", "other", "r", "0:{}")
      yield* log.admit(into(0, run(0, 1)))
      assert.strictEqual((yield* records.event(event(0).key))?.key, event(0).key)
    }).pipe(Effect.provide(fresh()))
  )

  it.effect("G10 an event repeated across the edge of a generation is deduplicated", () =>
    Effect.gen(function* () {
      const log = yield* EventLog
      yield* log.admit(into(0, run(0, 300)))
      for (let passed = 0; passed < 3; passed++) {
        yield* ageMarks(0, 1)
        assert.deepStrictEqual([...new Set(yield* log.admit(into(0, run(0, 300))))], ["deduped"])
      }
      assert.strictEqual((yield* table).remembered, 300)
      yield* ageMarks(0, 1)
      assert.deepStrictEqual(yield* log.admit(into(0, batch(event(0), event(0)))), ["deduped", "deduped"])
      assert.strictEqual((yield* table).remembered, 1)
      yield* ageMarks(0, 2)
      assert.deepStrictEqual([...new Set(yield* log.admit(into(0, run(0, 300))))], ["admitted"])
      const counts = yield* log.counts
      assert.deepStrictEqual([counts.received, counts.admitted, counts.deduped], [1_502, 600, 902])
    }).pipe(Effect.provide(fresh()))
  )

  it.effect("G10 a changed retention takes effect with the next generation, and forgets no earlier mark", () =>
    Effect.gen(function* () {
      const log = yield* EventLog
      yield* log.admit(into(0, run(0, 300)))
      const { generation } = yield* table
      const end = (generation + 2) * retention.marks
      const shorter = Context.get(yield* Layer.build(logLayer({ marks: retention.marks / 2 })), EventLog)
      const longer = Context.get(yield* Layer.build(logLayer({ marks: retention.marks * 2 })), EventLog)
      for (const [at, other] of [shorter, longer].entries()) {
        assert.deepStrictEqual([...new Set(yield* other.admit(into(0, run(0, 300))))], ["deduped"])
        assert.deepStrictEqual(yield* other.admit(into(0, run(300 + at, 301 + at))), ["admitted"])
      }
      const ends = new Set<unknown>()
      for (const name of yield* bucketsIn(0)) ends.add(yield* redis("PEXPIRETIME", name))
      // A bucket that the longer retention has written stays for it.
      assert.deepStrictEqual([...ends].sort(), [end, end + retention.marks])
      yield* ageMarks(0, 1)
      assert.deepStrictEqual([...new Set(yield* longer.admit(into(0, run(0, 300))))], ["deduped"])
      const known = (yield* bucketsIn(0)).filter((name) => name.includes(`:m:${generation}:`))
      assert.isNotEmpty(known)
      for (const name of known) assert.strictEqual(yield* redis("PEXPIRETIME", name), end + 2 * retention.marks)
    }).pipe(Effect.provide(fresh()))
  )

  it.effect("I9 an event repeated after the edge of a generation is still found by its id", () =>
    Effect.gen(function* () {
      const log = yield* EventLog
      const records = yield* EventRecords
      const unit = Math.ceil(retention.marks / 8_388_607)
      for (let n = 0; n < 20; n++) yield* log.admit(into(0, run(n, n + 1)))
      const { generation } = yield* table
      const [bucket = ""] = yield* bucketsIn(0)
      for (let n = 0; n < 20; n++) {
        const at = (yield* records.event(event(n).key))?.at ?? 0
        const value = Math.floor((at - (generation - 1) * retention.marks) / unit)
        const store = yield* RedisStore
        const mark = markOf(event(n).key)
        yield* store.run(setMarkScript, [bucket], [mark, value])
      }
      yield* ageMarks(0, 1)
      yield* log.admit(into(0, run(0, 20)))
      for (let n = 0; n < 20; n++) assert.strictEqual((yield* records.event(event(n).key))?.key, event(n).key)
    }).pipe(Effect.provide(fresh()))
  )

  it.effect("G10 the store's generation never goes backwards, whatever its clock says", () =>
    Effect.gen(function* () {
      const log = yield* EventLog
      yield* redis("HSET", (yield* here).of("counters"), "generation", 1_000_000, "buckets", 1)
      assert.deepStrictEqual(yield* log.admit(into(0, run(1, 2))), ["admitted"])
      assert.deepStrictEqual(yield* log.admit(into(0, run(1, 2))), ["deduped"])
      assert.strictEqual((yield* table).generation, 1_000_000)
    }).pipe(Effect.provide(fresh()))
  )

  it.effect("replicas that admit in turn each find the other's marks, while buckets are split", () =>
    Effect.gen(function* () {
      const one = yield* EventLog
      const other = Context.get(yield* Layer.build(Layer.fresh(logLayer())), EventLog)
      yield* Effect.forEach(
        Array.from({ length: 60 }, (_, n) => n),
        (n) =>
          Effect.forEach([one, other], (log) => log.admit(into(0, run(n * 50, n * 50 + 50))), {
            concurrency: "unbounded"
          }),
        { concurrency: 4 }
      )
      const counts = yield* one.counts
      assert.deepStrictEqual([counts.received, counts.admitted, counts.deduped], [6_000, 3_000, 3_000])
      assert.strictEqual((yield* table).remembered, 3_000)
    }).pipe(Effect.scoped, Effect.provide(fresh()))
  )
})
