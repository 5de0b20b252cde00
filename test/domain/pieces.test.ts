import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { atOnce, inTurns, type Pieces } from "../../src/domain/pieces.ts"

/** Work of so many pieces. `onPiece` is called in each of them. */
function* work(count: number, onPiece: () => void): Pieces<string> {
  for (let piece = 1; piece <= count; piece++) {
    if (piece > 1) yield
    onPiece()
  }
  return "done"
}

const nextTurn = Effect.callback<void>((resume) => void setImmediate(() => resume(Effect.void)))

describe("work in pieces", () => {
  it("all pieces run at once when the work is small", () => {
    let run = 0
    assert.strictEqual(atOnce(work(5, () => (run += 1))), "done")
    assert.strictEqual(run, 5)
  })

  it.live("G50 one piece runs in one turn of the event loop", () =>
    Effect.gen(function* () {
      let run = 0
      const all = yield* Effect.forkChild(
        inTurns(() => work(50, () => (run += 1))),
        { startImmediately: true }
      )
      const turns: Array<number> = []
      let before = 0
      while (all.pollUnsafe() === undefined) {
        turns.push(run - before)
        before = run
        yield* nextTurn
      }
      assert.strictEqual(yield* Fiber.join(all), "done")
      assert.strictEqual(run, 50)
      assert.isAtMost(Math.max(...turns), 2)
      assert.isAtLeast(turns.length, 25)
    })
  )

  it.effect("an effect that runs twice does the work twice", () =>
    Effect.gen(function* () {
      let run = 0
      const effect = inTurns(() => work(3, () => (run += 1)))
      assert.deepStrictEqual([yield* effect, yield* effect, run], ["done", "done", 6])
    })
  )
})
