import { assert, describe, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Latch from "effect/Latch"
import * as TestClock from "effect/testing/TestClock"
import { IntentLedger } from "../../../src/outbound/ledger/intent-ledger.ts"
import { readBack } from "../../../src/outbound/doubt/read-back.ts"
import { RecordedLog } from "../../fakes/log.ts"
import { body, harness, recordOf, submit } from "../harness.ts"
import { noAnswer, Provider, sent, status } from "../provider.ts"

const reply = (text: string) => body({ capability: "reply", to: "c-1", input: { text } })

/** A provider that answers sends as told, and looks with what it holds. */
const holding = Effect.gen(function* () {
  const provider = yield* Provider
  const held: Array<string> = []
  let sends = 0
  let posts: (nth: number) => ReturnType<typeof sent> = () => noAnswer
  provider.respondsWith((_, request) => {
    if (request.method === "GET") return held.length === 0 ? status(500) : status(200, held.join("\n"))
    sends += 1
    return posts(sends)
  })
  return {
    holds: (messageId: string, createdAt: number, text: string) => held.push(`${messageId} ${createdAt} ${text}`),
    posts: (next: typeof posts) => {
      posts = next
    },
    sends: () => sends
  }
})

const forkReadBack = Effect.forkChild(readBack({ partition: 0, epoch: 1 }))
const later = 1_000_000

describe("G20 read-back", () => {
  it.effect("a read-back proves a doubt by a message created after the claim that matches no other intent", () =>
    Effect.gen(function* () {
      const provider = yield* holding
      yield* TestClock.adjust(later + 700)
      const { intentId, state } = yield* submit("k1", reply("hello"))
      assert.strictEqual(state, "in_doubt")
      provider.holds("r-1", later, "hello")
      provider.holds("r-2", later + 5_000, "something else")
      yield* forkReadBack
      yield* TestClock.adjust("1 minute")
      const record = yield* recordOf(intentId)
      assert.strictEqual(record.state, "sent")
      assert.deepStrictEqual(record.receipt, { messageId: "r-1" })
      assert.strictEqual(record.timeline.at(-1)?.what, "read_back")
      assert.strictEqual(provider.sends(), 1)
    }).pipe(Effect.provide(harness))
  )

  it.effect("a read-back proves nothing by an absent message or by one older than the claim", () =>
    Effect.gen(function* () {
      const provider = yield* holding
      yield* TestClock.adjust(later)
      const { intentId } = yield* submit("k1", reply("hello"))
      provider.holds("r-1", later - 1_000, "hello")
      yield* forkReadBack
      yield* TestClock.adjust("3 hours")
      assert.strictEqual((yield* recordOf(intentId)).state, "in_doubt")
      assert.strictEqual(provider.sends(), 1)
    }).pipe(Effect.provide(harness))
  )

  it.effect("a read-back does not take the receipt of another intent as proof", () =>
    Effect.gen(function* () {
      const provider = yield* holding
      const doubted = yield* submit("k1", reply("hello"))
      provider.posts(() => sent("r-1"))
      assert.strictEqual((yield* submit("k2", reply("hello"))).state, "sent")
      provider.holds("r-1", (yield* Clock.currentTimeMillis) + 10, "hello")
      yield* forkReadBack
      yield* TestClock.adjust("1 hour")
      assert.strictEqual((yield* recordOf(doubted.intentId)).state, "in_doubt")
      provider.holds("r-2", (yield* Clock.currentTimeMillis) + 20, "hello")
      yield* TestClock.adjust("2 hours")
      const record = yield* recordOf(doubted.intentId)
      assert.strictEqual(record.state, "sent")
      assert.deepStrictEqual(record.receipt, { messageId: "r-2" })
    }).pipe(Effect.provide(harness))
  )

  it.effect("a message that matches two doubts proves neither, and a read-back waits for an intent in flight", () =>
    Effect.gen(function* () {
      const provider = yield* holding
      const first = yield* submit("k1", reply("hello"))
      const second = yield* submit("k2", reply("hello"))
      provider.holds("r-1", 10, "hello")
      yield* forkReadBack
      yield* TestClock.adjust("1 hour")
      for (const { intentId } of [first, second]) assert.strictEqual((yield* recordOf(intentId)).state, "in_doubt")
      const ledger = yield* IntentLedger
      yield* ledger.resolve({ intentId: second.intentId, verdict: "not_sent" })
      const latch = yield* Latch.make(false)
      provider.posts(() => Effect.andThen(latch.await, status(422)))
      const flying = yield* Effect.forkChild(submit("k3", reply("hello")))
      yield* TestClock.adjust("5 seconds")
      assert.strictEqual((yield* recordOf(first.intentId)).state, "in_doubt")
      yield* latch.open
      assert.strictEqual((yield* Fiber.join(flying)).state, "failed")
      yield* TestClock.adjust("3 hours")
      assert.strictEqual((yield* recordOf(first.intentId)).state, "sent")
    }).pipe(Effect.provide(harness))
  )

  it.effect("a read-back that fails proves nothing, and the gateway repeats it", () =>
    Effect.gen(function* () {
      const provider = yield* holding
      const { intentId } = yield* submit("k1", reply("hello"))
      yield* forkReadBack
      yield* TestClock.adjust("1 minute")
      assert.strictEqual((yield* recordOf(intentId)).state, "in_doubt")
      provider.holds("r-1", 10, "hello")
      yield* TestClock.adjust("10 minutes")
      assert.strictEqual((yield* recordOf(intentId)).state, "sent")
      const log = yield* RecordedLog
      assert.lengthOf(log.of("evidence.applied"), 1)
      assert.notInclude(JSON.stringify(log.lines), "r-1")
    }).pipe(Effect.provide(harness))
  )
})
