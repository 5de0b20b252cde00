import * as http from "node:http"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { gateway } from "../fuzz/place.ts"
import { isRight, shoot } from "../fuzz/round.ts"
import { conserves } from "../support/client.ts"

const connections = 32

const agent = Effect.acquireRelease(
  Effect.sync(() => new http.Agent({ keepAlive: true, maxSockets: connections })),
  (one) => Effect.sync(() => one.destroy())
)

describe("mutated webhooks of `npm run fuzz`", () => {
  it.live("I6 mutated webhooks cause no crash and no 5xx, and no unsigned one passes", () =>
    Effect.gen(function* () {
      const program = yield* gateway
      const port = Number(new URL(program.url).port)
      const by = yield* agent
      const shots = (from: number, size: number, unsignedAlone: boolean) =>
        Effect.forEach(
          Array.from({ length: size }, (_, index) => from + index),
          (seed) => shoot(by, port, seed, unsignedAlone),
          { concurrency: connections }
        )
      const wrong = (yield* shots(0, 15_000, false)).filter((shot) => !isRight(shot))
      assert.deepStrictEqual(wrong, [])
      const before = yield* program.counts
      assert.deepStrictEqual(
        (yield* shots(20_000, 3_000, true)).filter((shot) => !isRight(shot)),
        []
      )
      assert.deepStrictEqual(yield* program.counts, before)
      assert.isTrue(conserves(before))
      assert.deepStrictEqual(
        program.lines.all.filter(({ event }) => event === "internal"),
        []
      )
    })
  )
})
