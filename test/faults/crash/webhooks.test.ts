import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { bundled } from "./bundled.ts"
import { webhookBatch } from "./webhook-batch.ts"

layer(bundled, { excludeTestServices: true, timeout: "1 minute" })(
  "I1 I2 I8 gateways killed while they receive",
  (it) => {
    it.effect(
      "20 kills of seed 1 lose no webhook that was answered 200, and admit none twice",
      () =>
        Effect.gen(function* () {
          const { atThePoint, things, uncertain, ...faults } = yield* webhookBatch(1, 0, 20)
          assert.deepStrictEqual(faults, { kills: 20, losses: 0, duplicates: 0, otherFaults: 0 })
          assert.strictEqual(things, 640)
          assert.isAtLeast(atThePoint, 10)
          assert.isAtMost(uncertain, 8 * 20)
        }),
      300_000
    )
  }
)
