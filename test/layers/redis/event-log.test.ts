import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { layer as clientLayer, RedisStore } from "../../../layers/redis/client.ts"
import { admit } from "../../../layers/redis/event-log/admit.ts"
import { keysOf } from "../../../layers/redis/keys.ts"
import { layer } from "../../../layers/redis/store.ts"
import { EventLog, type NewEntry } from "../../../src/inbound/event-log.ts"
import type { Retention } from "../../../src/inbound/retention.ts"
import { Partitions } from "../../../src/partition/partitions.ts"
import { freshStore } from "../../support/fresh-store.ts"
import { redisServer } from "../../support/redis-server.ts"

const event = (n: number, consumers: NewEntry["consumers"] = ["runtime"]): NewEntry => ({
  key: `evt_${n.toString(16).padStart(32, "0")}`,
  sort: "event",
  consumers,
  record: `0:{"n":${n}}`
})

let batches = 0
const batch = (...entries: ReadonlyArray<NewEntry>) => ({ nonce: `batch-${++batches}`, entries })

const fresh = (retention: Partial<Retention> = {}) =>
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

describe("the event log in Redis", () => {
  it.effect("G4 a store that lost its stamp answers nothing but that", () =>
    Effect.gen(function* () {
      const log = yield* EventLog
      const partitions = yield* Partitions
      yield* log.admit(0, batch(event(1)))
      const ours = yield* owner
      yield* redis("DEL", (yield* here).of("stamp"))
      const failures = yield* Effect.forEach(
        [
          log.admit(0, batch(event(1))),
          log.pending(0, "runtime", 0, 1),
          log.acknowledge(ours, "runtime", 1),
          log.refuse(ours, 1, 1),
          log.deadLetter(ours, 1, "refused"),
          log.counts,
          log.ping,
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

  it.effect("G5 an admission that failed on its way leaves no mark: the event comes again and is admitted", () =>
    Effect.gen(function* () {
      const log = yield* EventLog
      const todo = (yield* here).of("todo:runtime")
      yield* redis("SET", todo, "of another type")
      const failure = yield* Effect.flip(log.admit(0, batch(event(1))))
      assert.deepStrictEqual([failure.code, failure.certainty], ["store_error", "unknown"])
      yield* redis("DEL", todo)
      assert.deepStrictEqual(yield* log.admit(0, batch(event(1))), ["admitted"])
      assert.strictEqual((yield* pending).length, 1)
      const counts = yield* log.counts
      assert.deepStrictEqual([counts.received, counts.admitted, counts.pending], [1, 1, 1])
    }).pipe(Effect.provide(fresh()))
  )

  it.effect("G6 a full store admits nothing and still acknowledges, refuses and dead-letters", () =>
    Effect.gen(function* () {
      const server = yield* redisServer()
      const program = Effect.gen(function* () {
        const log = yield* EventLog
        const partitions = yield* Partitions
        yield* log.admit(0, batch(event(1), event(2), event(3)))
        yield* redis("CONFIG", "SET", "maxmemory", 1)
        const failure = yield* Effect.flip(log.admit(0, batch(event(4))))
        assert.deepStrictEqual(
          [failure.code, failure.certainty, failure.transient],
          ["store_full", "not_applied", true]
        )
        const ours = yield* owner
        assert.strictEqual(yield* log.refuse(ours, 1, 1), 1)
        assert.strictEqual(yield* log.deadLetter(ours, 1, "refused"), "written")
        assert.strictEqual(yield* log.acknowledge(ours, "runtime", 2), "written")
        assert.isTrue(yield* partitions.renew(0, "replica", ours.epoch))
        assert.deepStrictEqual(
          (yield* pending).map((entry) => entry.position),
          [3]
        )
        yield* redis("CONFIG", "SET", "maxmemory", 0)
        assert.deepStrictEqual(yield* log.admit(0, batch(event(4))), ["admitted"])
      })
      yield* Effect.provide(
        program,
        layer({ environment: "local", partitions: 1 }).pipe(Layer.provideMerge(clientLayer({ url: server.url })))
      )
    })
  )

  it.effect("I2 what was admitted and acknowledged to the provider survives a killed server, marks included", () =>
    Effect.gen(function* () {
      const server = yield* redisServer(["--appendonly", "yes", "--appendfsync", "always"])
      const store = () =>
        layer({ environment: "local", partitions: 1 }).pipe(Layer.provideMerge(clientLayer({ url: server.url })))
      const sent = batch(event(1), event(2))
      yield* EventLog.use((log) => log.admit(0, sent)).pipe(Effect.provide(store()))
      yield* Effect.promise(() => server.restart())
      yield* Effect.gen(function* () {
        const log = yield* EventLog
        assert.strictEqual((yield* pending).length, 2)
        assert.deepStrictEqual(yield* log.admit(0, sent), ["admitted", "admitted"])
        assert.deepStrictEqual(yield* log.admit(0, batch(event(2))), ["deduped"])
        assert.strictEqual((yield* log.counts).received, 3)
      }).pipe(Effect.provide(store()))
    })
  )

  it.effect("G31 delivered events go in time, and nothing that any consumer waits for goes with them", () =>
    Effect.gen(function* () {
      const log = yield* EventLog
      const keys = yield* here
      const many = Array.from({ length: 500 }, (_, n) => event(n))
      yield* log.admit(0, batch(...many))
      yield* log.admit(0, batch(event(1_000, ["ledger"]), event(1_001)))
      yield* log.admit(0, batch(...Array.from({ length: 500 }, (_, n) => event(2_000 + n))))
      const ours = yield* owner
      for (const { position } of yield* log.pending(0, "runtime", 0, 1_001)) {
        yield* log.acknowledge(ours, "runtime", position)
      }
      const [waiting] = yield* log.pending(0, "ledger", 0, 10)
      assert.strictEqual(waiting?.record, event(1_000).record)
      assert.isAtMost(Number(yield* redis("XLEN", keys.of("log"))), 502 + 100)
      yield* log.acknowledge(ours, "ledger", waiting?.position ?? 0)
      yield* log.admit(0, batch(...Array.from({ length: 10 }, (_, n) => event(3_000 + n))))
      for (const { position } of yield* log.pending(0, "runtime", 0, 10)) {
        yield* log.acknowledge(ours, "runtime", position)
      }
      assert.isAtMost(Number(yield* redis("XLEN", keys.of("log"))), 200)
      const counts = yield* log.counts
      assert.deepStrictEqual([counts.admitted, counts.delivered], [1_012, 1_011])
    }).pipe(Effect.provide(fresh({ delivered: 0 })))
  )

  it.effect("G31 a delivered event stays for its time", () =>
    Effect.gen(function* () {
      const log = yield* EventLog
      yield* log.admit(0, batch(...Array.from({ length: 300 }, (_, n) => event(n))))
      const ours = yield* owner
      for (const { position } of yield* pending) yield* log.acknowledge(ours, "runtime", position)
      assert.strictEqual(yield* redis("XLEN", (yield* here).of("log")), 300)
    }).pipe(Effect.provide(fresh()))
  )

  it.effect("refusals go with the event that they are about", () =>
    Effect.gen(function* () {
      const log = yield* EventLog
      yield* log.admit(0, batch(event(1), event(2)))
      const ours = yield* owner
      yield* log.refuse(ours, 1, 1)
      yield* log.refuse(ours, 2, 1)
      yield* log.acknowledge(ours, "runtime", 1)
      yield* log.deadLetter(ours, 2, "refused")
      assert.strictEqual(yield* redis("EXISTS", (yield* here).of("refusals")), 0)
    }).pipe(Effect.provide(fresh()))
  )

  it.effect("a dead letter keeps the record and the reason", () =>
    Effect.gen(function* () {
      const log = yield* EventLog
      yield* log.admit(0, batch(event(1)))
      yield* log.deadLetter(yield* owner, 1, "refused 410")
      const dead = yield* redis("XRANGE", (yield* here).of("dead"), "-", "+")
      const fields = ["position", "1", "reason", "refused 410", "k", event(1).key, "r", event(1).record]
      assert.deepInclude(JSON.stringify(dead), JSON.stringify(fields))
    }).pipe(Effect.provide(fresh()))
  )

  it.effect("G28 quarantine holds content up to its cap", () =>
    Effect.gen(function* () {
      const log = yield* EventLog
      const item = (n: number, record: string): NewEntry => ({
        key: `qua_${n.toString(16).padStart(32, "0")}`,
        sort: "quarantine",
        consumers: [],
        record
      })
      yield* log.admit(0, batch(item(1, "x".repeat(90)), item(2, "y".repeat(90)), item(3, "z")))
      const kept = JSON.stringify(yield* redis("XRANGE", (yield* here).of("quarantine"), "-", "+"))
      assert.include(kept, "x".repeat(90))
      assert.notInclude(kept, "y")
      assert.include(kept, `"r","z"`)
      assert.include(kept, item(2, "").key)
    }).pipe(Effect.provide(fresh({ quarantineBytes: 100 })))
  )

  it.effect("hands out a record that is gone as an empty one, so that it can be parked", () =>
    Effect.gen(function* () {
      const log = yield* EventLog
      yield* log.admit(0, batch(event(1), event(2)))
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

  it.effect("all keys of a partition share one hash tag, and none holds an id", () =>
    Effect.gen(function* () {
      const log = yield* EventLog
      yield* log.admit(0, { nonce: "n", entries: [event(1, ["runtime", "ledger"]), event(2)] })
      const ours = yield* owner
      yield* log.refuse(ours, 1, 1)
      yield* log.deadLetter(ours, 1, "refused")
      const { prefix } = yield* RedisStore
      const names = JSON.stringify(yield* redis("KEYS", `${prefix}:*`))
      for (const name of names.slice(2, -2).split('","')) {
        assert.match(
          name.slice(prefix.length),
          /^:\{p0\}:(stamp|lease|counters|log|todo:runtime|todo:ledger|refusals|dead|nonce:n|m:\d+:\d+)$/
        )
      }
    }).pipe(Effect.provide(fresh()))
  )

  it("G6 admission runs without allow-oom", () => {
    assert.match(admit.source, /^#!lua\n/)
  })
})
