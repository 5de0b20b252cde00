import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { lazyRetry } from "../../src/concurrency/lazy-retry.ts"

/** Fails so many times and then succeeds; each result is the number of the run. */
const failing = (times: number) => {
  const counts = { runs: 0, retries: 0 }
  const effect = Effect.suspend(() => {
    counts.runs += 1
    return counts.runs > times ? Effect.succeed(counts.runs) : Effect.fail(counts.runs)
  })
  const retried = lazyRetry(effect, (again) => {
    counts.retries += 1
    return Effect.retry(again, { times: 2 })
  })
  return { counts, retried }
}

describe("lazy retry", () => {
  it.effect("a lazy retry does not build its schedule when the first run succeeds", () =>
    Effect.gen(function* () {
      const { counts, retried } = failing(0)
      assert.strictEqual(yield* retried, 1)
      assert.deepStrictEqual(counts, { runs: 1, retries: 0 })
    })
  )

  it.effect("a lazy retry counts the first failure as the first attempt", () =>
    Effect.gen(function* () {
      const { counts, retried } = failing(5)
      assert.deepStrictEqual(yield* Effect.exit(retried), Exit.fail(3))
      assert.deepStrictEqual(counts, { runs: 3, retries: 1 })
    })
  )

  it.effect("a lazy retry builds a new schedule each time that it is run", () =>
    Effect.gen(function* () {
      const { counts, retried } = failing(1)
      assert.strictEqual(yield* retried, 2)
      counts.runs = 0
      assert.strictEqual(yield* retried, 2)
      assert.deepStrictEqual(counts, { runs: 2, retries: 2 })
    })
  )
})
