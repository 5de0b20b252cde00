import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { batch } from "./batch.ts"
import { bundled } from "./bundled.ts"
import { add, begun } from "./tally.ts"

const seed = 1
const [batches, blows] = [6, 20]

layer(bundled, { excludeTestServices: true, timeout: "1 minute" })("I1 I2 I4 gateways killed at random", (it) => {
  it.effect(
    `${batches * blows} kills of seed ${seed} perform no intent twice, lose none, and show every doubt`,
    () =>
      Effect.gen(function* () {
        const made = yield* Effect.forEach(
          Array.from({ length: batches }, (_, n) => n * blows),
          (first) =>
            batch(
              seed,
              Array.from({ length: blows }, (_, n) => first + n)
            ),
          { concurrency: 3 }
        )
        const tally = made.reduce((sum, one, n) => add(sum, n * blows, one), begun(seed))
        assert.deepStrictEqual(tally.wrong, [])
        assert.isAtLeast(tally.kills, batches * blows)
        assert.isAtLeast(tally.reached, tally.kills / 2)
        for (const count of [tally.performed, tally.sent, tally.failed, tally.inDoubt, tally.resolved]) {
          assert.isAbove(count, 0)
        }
      }),
    420_000
  )
})
