import { assert, describe, it } from "@effect/vitest"
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Layer from "effect/Layer"
import * as Schedule from "effect/Schedule"
import { layer as clientLayer, RedisStore } from "../../../../layers/redis/client.ts"
import { admitScript } from "../../../../layers/redis/event-log/scripts/admit.ts"
import { keysOf } from "../../../../layers/redis/keys.ts"
import { asTexts } from "../../../../layers/redis/scripting/reply.ts"
import { layer } from "../../../../layers/redis/store.ts"
import { EventLog, type NewEntry } from "../../../../src/inbound/event-log/event-log.ts"
import { EventRecords } from "../../../../src/inbound/event-log/event-admin.ts"
import type { EventRetention } from "../../../../src/inbound/event-log/retention.ts"
import { Partitions } from "../../../../src/partition/partitions.ts"
import { freshStore } from "../../../support/fresh-store.ts"
import { redisServer } from "../../../support/redis-server.ts"
import { into } from "../../../support/into.ts"

const event = (n: number, consumers: NewEntry["consumers"] = ["runtime"]): NewEntry => ({
  key: `evt_${n.toString(16).padStart(32, "0")}`,
  sort: "event",
  consumers,
  record: `0:{"n":${n}}`
})

let batches = 0
const batch = (...entries: ReadonlyArray<NewEntry>) => ({ nonce: `batch-${++batches}`, entries })

const fresh = (retention: Partial<EventRetention> = {}) =>
  layer({ environment: "local", partitions: 1, retention }).pipe(Layer.provideMerge(freshStore()))

const redis = Effect.fnUntraced(function* (name: string, ...args: ReadonlyArray<string | number>) {
  return yield* (yield* RedisStore).command(name, ...args)
})

const here = Effect.map(RedisStore, (store) => keysOf(store.prefix, 0))

const owner = Effect.map(
  Partitions.use((partitions) => partitions.acquire(0, "replica")),
  (epoch = 0) => ({ partition: 0, epoch })
)

const pending = EventLog.use((log) => log.pending(0, "runtime", 0, 1_000))

const oldest = Effect.gen(function* () {
  const reply = yield* redis("ZRANGE", (yield* here).of("late"), 0, 0)
  return Array.isArray(reply) ? String(reply[0]) : ""
})

describe("event log in Redis", () => {
  it.effect("G4 a store that lost its stamp answers every operation with `store_unstamped`", () =>
    Effect.gen(function* () {
      const log = yield* EventLog
      const records = yield* EventRecords
      const partitions = yield* Partitions
      yield* log.admit(into(0, batch(event(1))))
      const ours = yield* owner
      yield* redis("DEL", (yield* here).of("stamp"))
      const failures = yield* Effect.forEach(
        [
          log.admit(into(0, batch(event(1)))),
          log.pending(0, "runtime", 0, 1),
          log.acknowledge(ours, "runtime", 1),
          log.refuse(ours, 1, 1),
          log.deadLetter(ours, 1, "refused"),
          log.sweep(ours),
          log.counts,
          log.ping,
          records.events({ limit: 1, order: "newest" }),
          records.event(event(1).key),
          records.deadLetters({ limit: 1, order: "newest" }),
          records.deadLetter(event(1).key),
          records.quarantine({ limit: 1, order: "newest" }),
          records.quarantined(event(1).key),
          records.redrive([event(1).key]),
          records.replay(["1-0-0"]),
          records.removeQuarantined(event(1).key, 1),
          partitions.acquire(0, "replica"),
          partitions.renew(0, "replica", 1),
          partitions.release(0, "replica", 1)
        ],
        (call) => Effect.flip(Effect.asVoid(call))
      )
      for (const { certainty, code, transient } of failures) {
        assert.deepStrictEqual([code, certainty, transient], ["store_unstamped", "not_applied", false])
      }
    }).pipe(Effect.provide(fresh()))
  )

  it.effect("G5 an admission that failed halfway leaves no mark: the redelivered event is admitted", () =>
    Effect.gen(function* () {
      const log = yield* EventLog
      const todo = (yield* here).of("todo:runtime")
      yield* redis("SET", todo, "of another type")
      const failure = yield* Effect.flip(log.admit(into(0, batch(event(1)))))
      assert.deepStrictEqual([failure.code, failure.certainty], ["store_error", "unknown"])
      yield* redis("DEL", todo)
      assert.deepStrictEqual(yield* log.admit(into(0, batch(event(1)))), ["admitted"])
      assert.strictEqual((yield* pending).length, 1)
      const counts = yield* log.counts
      assert.deepStrictEqual([counts.received, counts.admitted, counts.pending], [1, 1, 1])
    }).pipe(Effect.provide(fresh()))
  )

  it.effect("G6 a full store rejects admissions and replays, and runs every operation that frees memory", () =>
    Effect.gen(function* () {
      const server = yield* redisServer()
      const program = Effect.gen(function* () {
        const log = yield* EventLog
        const partitions = yield* Partitions
        yield* log.admit(into(0, batch(event(1), event(2), event(3))))
        const quarantined = `qua_${"0".repeat(32)}`
        yield* log.admit(into(0, batch({ key: quarantined, sort: "quarantine", consumers: [], record: "r" })))
        yield* redis("CONFIG", "SET", "maxmemory", 1)
        const failure = yield* Effect.flip(log.admit(into(0, batch(event(4)))))
        assert.deepStrictEqual(
          [failure.code, failure.certainty, failure.transient],
          ["store_full", "not_applied", true]
        )
        const ours = yield* owner
        assert.strictEqual(yield* log.refuse(ours, 1, 1), 1)
        assert.strictEqual(yield* log.deadLetter(ours, 1, "refused"), "written")
        assert.strictEqual(yield* log.acknowledge(ours, "runtime", 2), "written")
        const records = yield* EventRecords
        assert.deepStrictEqual(yield* records.redrive([event(1).key]), [event(1).key])
        assert.isTrue(yield* records.removeQuarantined(quarantined, 0))
        assert.strictEqual(yield* log.sweep(ours), "done")
        assert.strictEqual((yield* Effect.flip(records.replay(["1-1-0"]))).code, "store_full")
        assert.isTrue(yield* partitions.renew(0, "replica", ours.epoch))
        assert.deepStrictEqual(
          (yield* pending).map((entry) => entry.position),
          [3, 4]
        )
        yield* redis("CONFIG", "SET", "maxmemory", 0)
        assert.deepStrictEqual(yield* log.admit(into(0, batch(event(4)))), ["admitted"])
      })
      yield* Effect.provide(
        program,
        layer({ environment: "local", partitions: 1 }).pipe(Layer.provideMerge(clientLayer({ url: server.url })))
      )
    })
  )

  it.live("G6 admission stops at 85 % of the memory, before the store itself rejects writes", () =>
    Effect.gen(function* () {
      const server = yield* redisServer()
      const program = Effect.gen(function* () {
        const log = yield* EventLog
        const { isFull } = yield* RedisStore
        const used = /^used_memory:(\d+)/m.exec(String(yield* redis("INFO", "memory")))?.[1]
        yield* redis("CONFIG", "SET", "maxmemory", Math.floor(Number(used) / 0.9))
        yield* Effect.repeat(Effect.sync(isFull), { until: (full) => full, schedule: Schedule.spaced("20 millis") })
        const failure = yield* Effect.flip(log.admit(into(0, batch(event(1)))))
        assert.deepStrictEqual([failure.code, failure.certainty], ["store_full", "not_applied"])
        assert.strictEqual(yield* redis("SET", "a key", "is taken all the same"), "OK")
        yield* redis("CONFIG", "SET", "maxmemory", 0)
        yield* Effect.repeat(Effect.sync(isFull), { until: (full) => !full, schedule: Schedule.spaced("20 millis") })
        assert.deepStrictEqual(yield* log.admit(into(0, batch(event(1)))), ["admitted"])
      })
      yield* Effect.provide(
        program,
        layer({ environment: "local", partitions: 1 }).pipe(Layer.provideMerge(clientLayer({ url: server.url })))
      )
    })
  )

  it.effect("I2 an admitted event and its mark survive a killed server", () =>
    Effect.gen(function* () {
      const server = yield* redisServer(["--appendonly", "yes", "--appendfsync", "always"])
      const store = () =>
        layer({ environment: "local", partitions: 1 }).pipe(Layer.provideMerge(clientLayer({ url: server.url })))
      const sent = batch(event(1), event(2))
      yield* EventLog.use((log) => log.admit(into(0, sent))).pipe(Effect.provide(store()))
      yield* Effect.promise(() => server.restart())
      yield* Effect.gen(function* () {
        const log = yield* EventLog
        assert.strictEqual((yield* pending).length, 2)
        assert.deepStrictEqual(yield* log.admit(into(0, sent)), ["admitted", "admitted"])
        assert.deepStrictEqual(yield* log.admit(into(0, batch(event(2)))), ["deduped"])
        assert.strictEqual((yield* log.counts).received, 3)
      }).pipe(Effect.provide(store()))
    })
  )

  it.effect("G31 an event acknowledged after the sweep passed it keeps its full retention", () =>
    Effect.gen(function* () {
      const log = yield* EventLog
      const keys = yield* here
      yield* log.admit(into(0, batch(event(1, ["runtime", "ledger"]), event(2))))
      const ours = yield* owner
      yield* log.acknowledge(ours, "runtime", 2)
      assert.isNull(yield* redis("HGET", keys.of("counters"), "swept"))
      assert.strictEqual(yield* redis("EXISTS", keys.of("late")), 0)
      yield* redis("HSET", keys.of("counters"), "swept", "99999999999999-0")
      yield* log.acknowledge(ours, "runtime", 1)
      assert.strictEqual(yield* redis("EXISTS", keys.of("late")), 0)
      yield* log.acknowledge(ours, "ledger", 1)
      assert.strictEqual(yield* redis("ZCARD", keys.of("late")), 1)
      yield* log.sweep(ours)
      assert.strictEqual(yield* redis("XLEN", keys.of("log")), 2)
      yield* redis("ZADD", keys.of("late"), 0, String(yield* oldest))
      yield* log.sweep(ours)
      assert.strictEqual(yield* redis("XLEN", keys.of("log")), 1)
      assert.strictEqual(yield* redis("EXISTS", keys.of("late")), 0)
    }).pipe(Effect.provide(fresh()))
  )

  it.effect("G31 the scripts never trim the log as a whole", () =>
    Effect.gen(function* () {
      const files = yield* FileSystem.FileSystem
      for (const folder of ["layers/redis/event-log", "layers/redis/event-records"]) {
        const names = (yield* files.readDirectory(folder, { recursive: true })).filter((name) => name.endsWith(".ts"))
        assert.isAbove(names.filter((name) => name.startsWith("scripts/")).length, 3)
        for (const name of names) assert.notInclude(yield* files.readFileString(`${folder}/${name}`), "XTRIM", name)
      }
    }).pipe(Effect.provide(NodeServices.layer))
  )

  it.effect("the refusals of an event are deleted with it", () =>
    Effect.gen(function* () {
      const log = yield* EventLog
      yield* log.admit(into(0, batch(event(1), event(2))))
      const ours = yield* owner
      yield* log.refuse(ours, 1, 1)
      yield* log.refuse(ours, 2, 1)
      yield* log.acknowledge(ours, "runtime", 1)
      yield* log.deadLetter(ours, 2, "refused")
      assert.strictEqual(yield* redis("EXISTS", (yield* here).of("refusals")), 0)
    }).pipe(Effect.provide(fresh()))
  )

  it.effect("G28 the quarantine keeps content up to its cap, and only the head of an item beyond it", () =>
    Effect.gen(function* () {
      const log = yield* EventLog
      const item = (n: number, content: string): NewEntry => ({
        key: `qua_${n.toString(16).padStart(32, "0")}`,
        sort: "quarantine",
        consumers: [],
        record: `{"n":${n}}\n${content}`
      })
      const many = Array.from({ length: 20 }, (_, n) => item(10 + n, "w"))
      yield* log.admit(into(0, batch(item(1, "x".repeat(80)), item(2, "y".repeat(90)), item(3, "z"), ...many)))
      const items = yield* Effect.flatMap(redis("HGETALL", (yield* here).of("quarantine:items")), asTexts("HGETALL"))
      const kept = (n: number) => items[items.indexOf(item(n, "").key) + 1]
      assert.strictEqual(kept(1), item(1, "x".repeat(80)).record)
      assert.strictEqual(kept(2), `{"n":2}`)
      assert.strictEqual(kept(29), "")
      const bytes = items.filter((_, at) => at % 2 === 1).reduce((sum, text) => sum + text.length, 0)
      assert.strictEqual(Number(yield* redis("HGET", (yield* here).of("counters"), "quarantineBytes")), bytes)
      assert.isAtMost(bytes, 200)
      yield* EventRecords.use((records) => records.removeQuarantined(item(1, "").key, 1))
      assert.strictEqual(Number(yield* redis("HGET", (yield* here).of("counters"), "quarantineBytes")), bytes - 88)
    }).pipe(Effect.provide(fresh({ quarantineBytes: 100 })))
  )

  it.effect("the event log returns a lost record as an empty one, so that a worker can park it", () =>
    Effect.gen(function* () {
      const log = yield* EventLog
      yield* log.admit(into(0, batch(event(1), event(2))))
      yield* redis("XTRIM", (yield* here).of("log"), "MAXLEN", 1)
      assert.deepStrictEqual(
        (yield* pending).map((entry) => [entry.position, entry.record]),
        [
          [1, ""],
          [2, event(2).record]
        ]
      )
    }).pipe(Effect.provide(fresh()))
  )

  it.effect("the keys of a partition share one hash tag, and none holds an id", () =>
    Effect.gen(function* () {
      const log = yield* EventLog
      yield* log.admit(into(0, { nonce: "n", entries: [event(1, ["runtime", "ledger"]), event(2)] }))
      const ours = yield* owner
      yield* log.refuse(ours, 1, 1)
      yield* log.deadLetter(ours, 1, "refused")
      yield* EventRecords.use((records) => records.redrive([event(1).key]))
      yield* log.deadLetter(ours, 3, "refused")
      const { prefix } = yield* RedisStore
      const names = JSON.stringify(yield* redis("KEYS", `${prefix}:*`))
      for (const name of names.slice(2, -2).split('","')) {
        assert.match(
          name.slice(prefix.length),
          /^:\{p0\}:(stamp|lease|counters|log|todo:runtime|todo:ledger|refusals|dead|dead:items|again|again:items|nonce:n|m:\d+:\d+)$/
        )
      }
    }).pipe(Effect.provide(fresh()))
  )

  it("G6 the admission script runs without allow-oom", () => {
    assert.match(admitScript.source, /^#!lua\n/)
  })
})
