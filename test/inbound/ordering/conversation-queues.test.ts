import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { type ConversationQueue, conversationQueues } from "../../../src/inbound/ordering/conversation-queues.ts"

const range = (count: number) => Array.from({ length: count }, (_, index) => index + 1)

/** So many conversations of one item each, which all wait; an item is its position and how often that was read. */
const backlog = Effect.fnUntraced(function* (many: number) {
  const ready: Array<ConversationQueue<string>> = []
  const reads = new Map<number, number>()
  const pages: Array<number> = []
  const placeOf = (position: number) => ({
    position,
    conversation: String(position),
    item: () =>
      Effect.sync(() => {
        reads.set(position, (reads.get(position) ?? 0) + 1)
        return `${position} ${reads.get(position)}`
      })
  })
  const after = (from: number, limit: number) =>
    Effect.map(Effect.yieldNow, () => {
      pages.push(from)
      return range(many)
        .filter((position) => position > from)
        .slice(0, limit)
        .map(placeOf)
    })
  const waiting = conversationQueues<string, never>(after, (line) => void ready.push(line))
  yield* Effect.forEach(range(many), (position) => waiting.add(placeOf(position), "backlog"))
  const lineOf = (position: number) =>
    Effect.fromNullishOr(ready.find(({ conversation }) => conversation === String(position))).pipe(Effect.orDie)
  const work = Effect.fnUntraced(function* (line: ConversationQueue<string>) {
    const item = yield* waiting.head(line)
    line.attempts += 1
    yield* waiting.shift(line)
    return item
  })
  return { ...waiting, ready, pages, lineOf, work }
})

describe("positions beyond the memory limit", () => {
  it.effect("the conversation queues read skipped positions again page by page, each position once", () =>
    Effect.gen(function* () {
      const { ready, pages, work } = yield* backlog(3_000)
      const worked = yield* Effect.forEach(ready, work, { concurrency: 64 })
      assert.deepStrictEqual(
        worked,
        range(3_000).map((position) => `${position} 1`)
      )
      assert.isAtMost(pages.length, 40)
    })
  )

  it.effect("G33 the conversation queues read a retried event again from the store, not from another's page", () =>
    Effect.gen(function* () {
      const { lineOf, work, head, keep, pages } = yield* backlog(1_400)
      for (const position of range(200)) yield* work(yield* lineOf(position))
      const tried = yield* lineOf(1_100)
      assert.strictEqual(yield* head(tried), "1100 1")
      tried.attempts = 1
      const other = head(yield* lineOf(1_050))
      keep(tried)
      assert.strictEqual(yield* other, "1050 1")
      assert.strictEqual(yield* head(tried), "1100 2")
      assert.deepStrictEqual(pages, [1_099, 1_049, 1_099])
    })
  )
})
