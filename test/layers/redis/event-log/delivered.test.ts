import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { RedisStore } from "../../../../layers/redis/client.ts"
import { keysOf } from "../../../../layers/redis/keys.ts"
import { layer } from "../../../../layers/redis/store.ts"
import { deliveredFormat } from "../../../../src/deployment/deployment.ts"
import { EventRecords, type Range } from "../../../../src/inbound/event-log/event-admin.ts"
import { EventLog } from "../../../../src/inbound/event-log/event-log.ts"
import type { EventRetention } from "../../../../src/inbound/event-log/retention.ts"
import { batch, event, idOf, ownerOf } from "../../../contracts/event-log/subject.ts"
import { freshStore } from "../../../support/fresh-store.ts"
import { into } from "../../../support/into.ts"

const over = -1_000

const fresh = (retention: Partial<EventRetention> = {}) =>
  layer({ environment: "local", partitions: 1, retention: { statuses: over, ...retention } }).pipe(
    Layer.provideMerge(freshStore())
  )

const redis = Effect.fnUntraced(function* (name: string, ...args: ReadonlyArray<string | number>) {
  return yield* (yield* RedisStore).command(name, ...args)
})
const here = Effect.map(RedisStore, (store) => keysOf(store.prefix, 0))
const format = Effect.fnUntraced(function* (version: number) {
  yield* redis("HSET", (yield* here).of("stamp"), "format", version)
})
/** Entries in the log, and among the delivered events. */
const lengths = Effect.gen(function* () {
  const { of } = yield* here
  return [yield* redis("XLEN", of("log")), yield* redis("XLEN", of("delivered"))]
})

const listed = (range: Pick<Range, "order" | "limit">) =>
  Effect.gen(function* () {
    const records = yield* EventRecords
    const found: Array<string> = []
    let cursor: string | undefined = undefined
    do {
      const page: Effect.Success<ReturnType<typeof records.events>> = yield* records.events(
        cursor === undefined ? range : { ...range, cursor }
      )
      found.push(...page.entries.map(({ key }) => key))
      cursor = page.next
    } while (cursor !== undefined)
    return found
  })

/** Admits six events, of which the third stays pending, and sweeps. */
const swept = Effect.gen(function* () {
  const log = yield* EventLog
  yield* log.admit(into(0, batch(...[1, 2, 3, 4, 5, 6].map((n) => event(n)))))
  const owner = yield* ownerOf(0)
  for (const position of [1, 2, 4, 5, 6]) yield* log.acknowledge(owner, "runtime", position)
  yield* log.sweep(owner)
  return owner
})

const all = [1, 2, 3, 4, 5, 6].map((n) => idOf("evt", n))

describe("delivered events apart from the log", () => {
  it.effect("G5 delivered events stay in the log until the store is upgraded", () =>
    Effect.gen(function* () {
      yield* format(deliveredFormat - 1)
      yield* swept
      assert.deepStrictEqual(yield* lengths, [6, 0])
    }).pipe(Effect.provide(fresh()))
  )

  it.effect(
    "G31 delivered events leave a pending event where it is, and are listed together with it in their order",
    () =>
      Effect.gen(function* () {
        yield* format(deliveredFormat)
        const owner = yield* swept
        assert.deepStrictEqual(yield* lengths, [1, 5])
        assert.deepStrictEqual(yield* listed({ order: "oldest", limit: 2 }), all)
        assert.deepStrictEqual(yield* listed({ order: "newest", limit: 2 }), all.toReversed())
        assert.deepStrictEqual(yield* listed({ order: "newest", limit: 200 }), all.toReversed())
        const log = yield* EventLog
        assert.deepStrictEqual(
          (yield* log.pending(0, "runtime", 0, 10)).map(({ record }) => record),
          [event(3).record]
        )
        yield* log.acknowledge(owner, "runtime", 3)
        yield* log.sweep(owner)
        assert.deepStrictEqual(yield* listed({ order: "oldest", limit: 2 }), all)
      }).pipe(Effect.provide(fresh()))
  )

  it.effect("G33 moved events are found by id, and replayed", () =>
    Effect.gen(function* () {
      yield* format(deliveredFormat)
      yield* swept
      const records = yield* EventRecords
      const found = yield* records.event(idOf("evt", 5))
      assert.deepStrictEqual([found?.state, found?.record], ["delivered", event(5).record])
      const [replayed] = yield* records.replay([found?.place ?? ""])
      assert.strictEqual(replayed?.replay, 1)
      const log = yield* EventLog
      const [, again] = yield* log.pending(0, "runtime", 0, 10)
      assert.deepStrictEqual([again?.key, again?.record, again?.replay], [idOf("evt", 5), event(5).record, 1])
    }).pipe(Effect.provide(fresh()))
  )

  it.effect("G33 a dead letter whose event was moved is redriven, and its event is listed once", () =>
    Effect.gen(function* () {
      yield* format(deliveredFormat)
      const log = yield* EventLog
      yield* log.admit(into(0, batch(event(1), event(2))))
      const owner = yield* ownerOf(0)
      yield* log.deadLetter(owner, 1, "refused 410")
      yield* log.acknowledge(owner, "runtime", 2)
      yield* log.sweep(owner)
      assert.deepStrictEqual(yield* lengths, [0, 2])
      const records = yield* EventRecords
      assert.deepStrictEqual(yield* records.redrive([idOf("evt", 1)]), [idOf("evt", 1)])
      assert.deepStrictEqual(yield* listed({ order: "oldest", limit: 5 }), [idOf("evt", 2), idOf("evt", 1)])
      const bytes = Buffer.byteLength(event(1).record) + Buffer.byteLength(event(2).record)
      assert.strictEqual(Number(yield* redis("HGET", (yield* here).of("counters"), "logBytes")), bytes)
    }).pipe(Effect.provide(fresh()))
  )

  it.effect("G35 moved events are erased with a person, and no longer count among the bytes of the log", () =>
    Effect.gen(function* () {
      yield* format(deliveredFormat)
      yield* swept
      const records = yield* EventRecords
      const { entries } = yield* records.stored(0, "delivered", 10)
      assert.lengthOf(entries, 5)
      const places = entries.map(({ place }) => place)
      assert.deepStrictEqual(yield* records.erase(0, "delivered", places), { erased: 5, pending: 0 })
      assert.deepStrictEqual(yield* listed({ order: "oldest", limit: 9 }), [idOf("evt", 3)])
      assert.strictEqual(
        Number(yield* redis("HGET", (yield* here).of("counters"), "logBytes")),
        Buffer.byteLength(event(3).record)
      )
    }).pipe(Effect.provide(fresh()))
  )

  it.effect("G9 moved events go first, and the oldest of them, when the log has more bytes than its limit", () =>
    Effect.gen(function* () {
      yield* format(deliveredFormat)
      const owner = yield* swept
      assert.deepStrictEqual(yield* lengths, [1, 5])
      const log = yield* EventLog
      yield* log.admit(into(0, batch(event(7), event(8))))
      yield* log.acknowledge(owner, "runtime", 7)
      yield* log.sweep(owner)
      assert.deepStrictEqual(
        yield* listed({ order: "oldest", limit: 9 }),
        [3, 4, 5, 6, 7, 8].map((n) => idOf("evt", n))
      )
    }).pipe(Effect.provide(fresh({ deliveredBytes: 6 * Buffer.byteLength(event(1).record) })))
  )

  it.effect("G9 moved events go when their retention has passed", () =>
    Effect.gen(function* () {
      yield* format(deliveredFormat)
      const owner = yield* swept
      const log = yield* EventLog
      const { of } = yield* here
      yield* redis("XADD", of("delivered"), "99999999999999-0", "k", idOf("evt", 9), "r", event(9).record)
      assert.strictEqual(yield* log.sweep(owner), "done")
      assert.deepStrictEqual(yield* lengths, [1, 6])
      yield* redis("DEL", of("delivered"))
      yield* redis("XADD", of("delivered"), "1-0", "k", idOf("evt", 9), "r", event(9).record)
      yield* log.sweep(owner)
      assert.deepStrictEqual(yield* lengths, [1, 0])
    }).pipe(Effect.provide(fresh()))
  )
})
