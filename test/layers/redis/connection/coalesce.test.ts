import { assert, describe, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import { coalesce } from "../../../../layers/redis/connection/coalesce.ts"

interface Item {
  readonly key: string
  readonly n: number
}

/** Answers `n` times ten, and keeps what was asked together; the first question of all waits for `gate`. */
const askingWhere = Effect.fnUntraced(function* (ofOne?: () => boolean) {
  const batches: Array<ReadonlyArray<number>> = []
  const gate = yield* Deferred.make<void>()
  const ask = yield* coalesce<Item, number, "refused">(
    ({ key }) => key,
    (items) =>
      Effect.gen(function* () {
        batches.push(items.map(({ n }) => n))
        if (batches.length === 1) yield* Deferred.await(gate)
        if (items.some(({ n }) => n < 0)) return yield* Effect.fail("refused" as const)
        return (at: number) => (items[at]?.n ?? 0) * 10
      }),
    3,
    ofOne
  )
  const open = Deferred.succeed(gate, undefined)
  const all = (...items: ReadonlyArray<Item>) =>
    Effect.forEach(items, (item) => Effect.exit(ask(item)), { concurrency: "unbounded" })
  return { batches, open, ask, all }
})

const asking = askingWhere()

const of = (key: string, ...numbers: ReadonlyArray<number>) => numbers.map((n) => ({ key, n }))
const refused = Exit.fail("refused" as const)
const succeeded = (...numbers: ReadonlyArray<number>) => numbers.map((n) => Exit.succeed(n))

describe("coalesced calls", () => {
  it.effect("calls of one key are batched within the limit, and each gets its own result", () =>
    Effect.gen(function* () {
      const { batches, open, all } = yield* asking
      yield* open
      const answers = yield* all(...of("a", 1, 2, 3, 4), ...of("b", 5))
      assert.deepStrictEqual(answers, succeeded(10, 20, 30, 40, 50))
      assert.deepStrictEqual(batches, [[1, 2, 3], [4], [5]])
    })
  )

  it.effect("calls wait while a batch of their key runs, and then form the next batch", () =>
    Effect.gen(function* () {
      const { batches, open, all } = yield* asking
      const first = yield* Effect.forkChild(all(...of("a", 1)))
      yield* Effect.yieldNow
      yield* Effect.yieldNow
      const more = yield* Effect.forkChild(all(...of("a", 2, 3)))
      assert.deepStrictEqual(yield* all(...of("b", 9)), succeeded(90))
      assert.deepStrictEqual(batches, [[1], [9]])
      yield* open
      assert.deepStrictEqual(yield* Fiber.join(first), succeeded(10))
      assert.deepStrictEqual(yield* Fiber.join(more), succeeded(20, 30))
      assert.deepStrictEqual(batches, [[1], [9], [2, 3]])
    })
  )

  it.effect("calls of a failed batch fail together, and later calls run again", () =>
    Effect.gen(function* () {
      const { open, all } = yield* asking
      yield* open
      assert.deepStrictEqual(yield* all(...of("a", 1, -1)), [refused, refused])
      assert.deepStrictEqual(yield* all(...of("a", 1)), succeeded(10))
    })
  )

  it.effect("a call that alone causes the failure fails alone, and the others are repeated one by one", () =>
    Effect.gen(function* () {
      const { batches, open, all } = yield* askingWhere(() => true)
      yield* open
      assert.deepStrictEqual(yield* all(...of("a", 1, -1, 2)), [Exit.succeed(10), refused, Exit.succeed(20)])
      assert.deepStrictEqual(batches, [[1, -1, 2], [1], [-1], [2]])
      assert.deepStrictEqual(yield* all(...of("a", -1)), [refused])
      assert.deepStrictEqual(batches.slice(4), [[-1]])
    })
  )

  it.effect("a batch runs although one of its callers is interrupted, and the others get their results", () =>
    Effect.gen(function* () {
      const { batches, open, ask, all } = yield* asking
      const interrupted = yield* Effect.forkChild(ask({ key: "a", n: 1 }))
      const staying = yield* Effect.forkChild(all(...of("a", 2)))
      yield* Effect.yieldNow
      yield* Effect.yieldNow
      yield* Fiber.interrupt(interrupted)
      yield* open
      assert.deepStrictEqual(yield* Fiber.join(staying), succeeded(20))
      assert.deepStrictEqual(batches, [[1, 2]])
    })
  )
})
