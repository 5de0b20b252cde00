import { assert, describe, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as TestClock from "effect/testing/TestClock"
import { shareRuns } from "../../src/http/server/share-runs.ts"
import { journal } from "../fakes/journal.ts"

/** An effect whose runs end when the test says so, each with its number. */
const harness = Effect.gen(function* () {
  const runs = journal<Deferred.Deferred<void>>()
  const results = journal<number>()
  const ask = yield* shareRuns(
    Effect.gen(function* () {
      const gate = yield* Deferred.make<void>()
      runs.record(gate)
      const number = runs.all.length
      yield* Deferred.await(gate)
      return number
    }),
    100
  )
  const end = (run: number) => {
    const gate = runs.all[run - 1]
    return gate === undefined ? Effect.void : Deferred.succeed(gate, undefined)
  }
  return { runs, results, end, ask: () => ask((result) => results.record(Exit.isSuccess(result) ? result.value : -1)) }
})

describe("shared effect", () => {
  it.effect("G50 an effect runs once for all waiting callers, and never serves a caller with an earlier run", () =>
    Effect.gen(function* () {
      const { runs, results, end, ask } = yield* harness
      ask()
      yield* runs.reach(1)
      for (let n = 0; n < 50; n++) ask()
      yield* end(1)
      yield* results.reach(1)
      assert.lengthOf(runs.all, 1)
      yield* TestClock.adjust(99)
      assert.lengthOf(runs.all, 1)
      yield* TestClock.adjust(1)
      yield* runs.reach(2)
      yield* end(2)
      yield* results.reach(51)
      assert.deepStrictEqual(results.all, [1, ...Array.from({ length: 50 }, () => 2)])
    }).pipe(Effect.scoped)
  )

  it.effect("an effect runs at once when its last run is long ago", () =>
    Effect.gen(function* () {
      const { runs, results, end, ask } = yield* harness
      ask()
      yield* runs.reach(1)
      yield* end(1)
      yield* results.reach(1)
      yield* TestClock.adjust(100)
      ask()
      yield* runs.reach(2)
    }).pipe(Effect.scoped)
  )
})
