import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { type Consumer, EventLog, type NewEntry } from "../../src/inbound/event-log.ts"
import { Partitions } from "../../src/partition/partitions.ts"
import type { StoreUnderTest } from "./store.ts"

const idOf = (prefix: string, n: number) => `${prefix}_${n.toString(16).padStart(32, "0")}`

const event = (n: number, consumers: ReadonlyArray<Consumer> = ["runtime"]): NewEntry => ({
  key: idOf("evt", n),
  sort: "event",
  consumers,
  record: `0:{"n":${n},"text":"é – \\u0000"}`
})

const quarantined = (n: number, record = `0:{"item":${n}}`): NewEntry => ({
  key: idOf("qua", n),
  sort: "quarantine",
  consumers: [],
  record
})

let batches = 0
const batch = (...entries: ReadonlyArray<NewEntry>) => ({ nonce: `batch-${++batches}`, entries })

const ownerOf = Effect.fnUntraced(function* (partition: number) {
  const partitions = yield* Partitions
  const epoch = yield* partitions.acquire(partition, "replica")
  assert.isDefined(epoch)
  return { partition, epoch: epoch ?? 0 }
})

const positions = Effect.fnUntraced(function* (partition: number, consumer: Consumer, after = 0, limit = 5_000) {
  const log = yield* EventLog
  return (yield* log.pending(partition, consumer, after, limit)).map((entry) => entry.position)
})

const assertConserved = Effect.gen(function* () {
  const log = yield* EventLog
  const counts = yield* log.counts
  assert.strictEqual(counts.received, counts.admitted + counts.deduped + counts.quarantined)
  assert.strictEqual(counts.admitted, counts.delivered + counts.pending + counts.deadLettered)
  const waiting = [...(yield* positions(0, "runtime")), ...(yield* positions(1, "runtime"))]
  assert.strictEqual(waiting.length, counts.pending)
  return counts
})

const Step = Schema.Struct({
  partition: Schema.Literals([0, 1]),
  what: Schema.Literals(["admit", "repeat", "quarantine", "acknowledge", "dead-letter", "refuse"]),
  keys: Schema.Array(Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 9 }))).check(Schema.isMaxLength(6))
})
const Steps = Schema.Array(Step).check(Schema.isMaxLength(25))

/** What every event log keeps, whatever it is made of. */
export const eventLogContract = <R>(name: string, { layer, passGenerations }: StoreUnderTest<R>) => {
  describe(`the event log in ${name}`, () => {
    it.effect("admits entries once, and hands them out in the order of admission", () =>
      Effect.gen(function* () {
        const log = yield* EventLog
        assert.deepStrictEqual(yield* log.admit(0, batch(event(3), event(1))), ["admitted", "admitted"])
        assert.deepStrictEqual(yield* log.admit(0, batch(event(2), event(1))), ["admitted", "deduped"])
        const pending = yield* log.pending(0, "runtime", 0, 10)
        assert.deepStrictEqual(
          pending.map((entry) => entry.key),
          [3, 1, 2].map((n) => idOf("evt", n))
        )
        assert.deepStrictEqual(
          pending.map((entry) => [entry.record, entry.refusals]),
          [3, 1, 2].map((n) => [event(n).record, 0])
        )
        const order = pending.map((entry) => entry.position)
        assert.deepStrictEqual(
          order,
          order.toSorted((a, b) => a - b)
        )
        assert.strictEqual(new Set(order).size, 3)
      }).pipe(Effect.provide(layer()))
    )

    it.effect("tells a duplicate within one batch", () =>
      Effect.gen(function* () {
        const log = yield* EventLog
        const answer = yield* log.admit(0, batch(event(1), event(1), quarantined(1), quarantined(1)))
        assert.deepStrictEqual(answer, ["admitted", "deduped", "quarantined", "deduped"])
        assert.strictEqual((yield* log.pending(0, "runtime", 0, 10)).length, 1)
      }).pipe(Effect.provide(layer()))
    )

    it.effect("takes batches above every internal limit, and hands them out in pages", () =>
      Effect.gen(function* () {
        const log = yield* EventLog
        const many = Array.from({ length: 1_200 }, (_, n) => event(n, ["runtime", "ledger"]))
        assert.strictEqual(new Set(yield* log.admit(0, batch(...many))).size, 1)
        const first = yield* log.pending(0, "ledger", 0, 700)
        const second = yield* log.pending(0, "ledger", first.at(-1)?.position ?? 0, 700)
        assert.deepStrictEqual(
          [...first, ...second].map((entry) => entry.key),
          many.map((entry) => entry.key)
        )
        assert.deepStrictEqual([...new Set(yield* log.admit(0, batch(...many)))], ["deduped"])
        yield* assertConserved
      }).pipe(Effect.provide(layer()))
    )

    it.effect("gives an entry only to the consumers that it names, and each acknowledges for itself", () =>
      Effect.gen(function* () {
        const log = yield* EventLog
        yield* log.admit(0, batch(event(1, ["runtime"]), event(2, ["runtime", "ledger"])))
        const owner = yield* ownerOf(0)
        const [first = 0, second = 0] = yield* positions(0, "runtime")
        assert.deepStrictEqual(yield* positions(0, "ledger"), [second])
        assert.strictEqual(yield* log.acknowledge(owner, "ledger", second), "written")
        assert.deepStrictEqual(yield* positions(0, "runtime"), [first, second])
        assert.strictEqual(yield* log.acknowledge(owner, "runtime", second), "written")
        assert.strictEqual(yield* log.acknowledge(owner, "runtime", second), "absent")
        assert.strictEqual(yield* log.acknowledge(owner, "ledger", first), "absent")
        assert.strictEqual((yield* assertConserved).delivered, 1)
      }).pipe(Effect.provide(layer()))
    )

    it.effect("G28 the same nonce gets its first answer and counts once", () =>
      Effect.gen(function* () {
        const log = yield* EventLog
        const sent = batch(event(1), quarantined(2))
        const first = yield* log.admit(0, sent)
        assert.deepStrictEqual(yield* log.admit(0, sent), first)
        assert.deepStrictEqual(first, ["admitted", "quarantined"])
        const counts = yield* assertConserved
        assert.deepStrictEqual([counts.received, counts.deduped], [2, 0])
      }).pipe(Effect.provide(layer()))
    )

    it.effect("deduplicates a batch whose answer was lost, and admits only what is new in it", () =>
      Effect.gen(function* () {
        const log = yield* EventLog
        yield* log.admit(0, batch(event(1), event(2)))
        const again = yield* log.admit(0, batch(event(1), event(2), event(3)))
        assert.deepStrictEqual(again, ["deduped", "deduped", "admitted"])
        assert.deepStrictEqual((yield* positions(0, "runtime")).length, 3)
        yield* assertConserved
      }).pipe(Effect.provide(layer()))
    )

    it.effect("G10 a duplicate across the edge of a generation is told, and its mark lives on", () =>
      Effect.gen(function* () {
        const log = yield* EventLog
        assert.deepStrictEqual(yield* log.admit(0, batch(event(1))), ["admitted"])
        for (let generation = 0; generation < 4; generation++) {
          yield* passGenerations(1)
          assert.deepStrictEqual(yield* log.admit(0, batch(event(1))), ["deduped"])
        }
        yield* passGenerations(2)
        assert.deepStrictEqual(yield* log.admit(0, batch(event(1))), ["admitted"])
        yield* assertConserved
      }).pipe(Effect.provide(layer()))
    )

    it.effect("G28 quarantine above its cap is kept without content, counted and deduplicated all the same", () =>
      Effect.gen(function* () {
        const log = yield* EventLog
        const large = "x".repeat(600)
        const answers = yield* log.admit(0, batch(quarantined(1, large), quarantined(2, large), quarantined(3, "y")))
        assert.deepStrictEqual(answers, ["quarantined", "quarantined", "quarantined"])
        assert.deepStrictEqual(yield* log.admit(0, batch(quarantined(2, large))), ["deduped"])
        assert.strictEqual((yield* assertConserved).quarantined, 3)
      }).pipe(Effect.provide(layer({ quarantineBytes: 2_000 })))
    )

    it.effect("G33 counts refusals of one event, and forgets them with it", () =>
      Effect.gen(function* () {
        const log = yield* EventLog
        yield* log.admit(0, batch(event(1), event(2)))
        const owner = yield* ownerOf(0)
        const [first = 0, second = 0] = yield* positions(0, "runtime")
        assert.strictEqual(yield* log.refuse(owner, first, 1), 1)
        assert.strictEqual(yield* log.refuse(owner, first, 1), 1)
        assert.strictEqual(yield* log.refuse(owner, first, 2), 2)
        assert.strictEqual(yield* log.refuse(owner, first, 1), 2)
        const refusals = (yield* log.pending(0, "runtime", 0, 10)).map((entry) => entry.refusals)
        assert.deepStrictEqual(refusals, [2, 0])
        yield* log.acknowledge(owner, "runtime", first)
        assert.strictEqual(yield* log.refuse(owner, first, 3), "absent")
        assert.strictEqual(yield* log.refuse(owner, second, 1), 1)
      }).pipe(Effect.provide(layer()))
    )

    it.effect("takes a dead letter out of the runtime's way once, and leaves it to the ledger", () =>
      Effect.gen(function* () {
        const log = yield* EventLog
        yield* log.admit(0, batch(event(1, ["runtime", "ledger"]), event(2)))
        const owner = yield* ownerOf(0)
        const [first = 0, second = 0] = yield* positions(0, "runtime")
        assert.strictEqual(yield* log.deadLetter(owner, first, "refused 410"), "written")
        assert.strictEqual(yield* log.deadLetter(owner, first, "refused 410"), "absent")
        assert.strictEqual(yield* log.acknowledge(owner, "runtime", first), "absent")
        assert.deepStrictEqual(yield* positions(0, "runtime"), [second])
        assert.deepStrictEqual(yield* positions(0, "ledger"), [first])
        assert.deepStrictEqual(yield* log.admit(0, batch(event(1))), ["deduped"])
        const counts = yield* assertConserved
        assert.deepStrictEqual([counts.deadLettered, counts.delivered, counts.pending], [1, 0, 1])
      }).pipe(Effect.provide(layer()))
    )

    it.effect("G30 an owner whose partition was taken over can write nothing", () =>
      Effect.gen(function* () {
        const log = yield* EventLog
        yield* log.admit(0, batch(event(1)))
        const stale = yield* ownerOf(0)
        const owner = yield* ownerOf(0)
        const [position = 0] = yield* positions(0, "runtime")
        assert.strictEqual(yield* log.acknowledge(stale, "runtime", position), "stale")
        assert.strictEqual(yield* log.refuse(stale, position, 1), "stale")
        assert.strictEqual(yield* log.deadLetter(stale, position, "refused 410"), "stale")
        const [entry] = yield* log.pending(0, "runtime", 0, 10)
        assert.deepStrictEqual([entry?.position, entry?.refusals], [position, 0])
        assert.strictEqual(yield* log.acknowledge({ partition: 1, epoch: 1 }, "runtime", position), "stale")
        assert.strictEqual(yield* log.acknowledge(owner, "runtime", position), "written")
      }).pipe(Effect.provide(layer()))
    )

    it.effect("keeps partitions apart", () =>
      Effect.gen(function* () {
        const log = yield* EventLog
        assert.deepStrictEqual(yield* log.admit(0, batch(event(1))), ["admitted"])
        assert.deepStrictEqual(yield* log.admit(1, batch(event(1))), ["admitted"])
        assert.strictEqual((yield* assertConserved).pending, 2)
      }).pipe(Effect.provide(layer()))
    )

    it.effect("G35 admissions of many at once are each told once", () =>
      Effect.gen(function* () {
        const log = yield* EventLog
        const entries = Array.from({ length: 20 }, (_, n) => event(n))
        const answers = yield* Effect.forEach(
          Array.from({ length: 25 }, () => batch(...entries)),
          (sent) => log.admit(0, sent),
          { concurrency: "unbounded" }
        )
        assert.strictEqual(answers.flat().filter((answer) => answer === "admitted").length, entries.length)
        const counts = yield* assertConserved
        assert.deepStrictEqual([counts.received, counts.admitted], [500, 20])
      }).pipe(Effect.provide(layer()))
    )

    it.effect.prop(
      "conserves every event, whatever happens in whatever order",
      [Steps],
      ([steps]) =>
        Effect.gen(function* () {
          const log = yield* EventLog
          let last = batch()
          for (const { partition, what, keys } of steps) {
            if (what === "admit") last = batch(...keys.map((n) => event(n)))
            if (what === "quarantine") last = batch(...keys.map((n) => quarantined(n)))
            if (what === "admit" || what === "quarantine" || what === "repeat") yield* log.admit(partition, last)
            const [position = 0] = yield* positions(partition, "runtime", 0, 1)
            const owner = yield* ownerOf(partition)
            if (what === "acknowledge") yield* log.acknowledge(owner, "runtime", position)
            if (what === "dead-letter") yield* log.deadLetter(owner, position, "refused 410")
            if (what === "refuse") yield* log.refuse(owner, position, 1)
            yield* assertConserved
          }
        }).pipe(Effect.provide(layer())),
      { arbitrary: { runs: 20 } }
    )

    it.effect("answers a ping", () => EventLog.use((log) => log.ping).pipe(Effect.provide(layer())))
  })
}
