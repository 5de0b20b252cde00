import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import { LastProofs, proofAge } from "../../src/boot/last-proofs.ts"

/**
 * Defines the tests that every implementation of the last proofs must pass. `pass` makes every proof older by this many
 * milliseconds.
 */
export const lastProofsContract = <R>(
  name: string,
  layer: () => Layer.Layer<LastProofs | R, unknown>,
  pass: (millis: number) => Effect.Effect<void, unknown, R>
) => {
  describe(`last proofs in ${name}`, () => {
    it.effect("G37 the store returns the age of the last proof of one credential, for a day", () =>
      Effect.gen(function* () {
        const proofs = yield* LastProofs
        assert.isUndefined(yield* proofs.since("a"))
        yield* proofs.note("a")
        assert.isBelow((yield* proofs.since("a")) ?? proofAge, 60_000)
        assert.isUndefined(yield* proofs.since("b"))
        yield* pass(proofAge / 2)
        assert.isAtLeast((yield* proofs.since("a")) ?? 0, proofAge / 2)
        yield* pass(proofAge / 2 + 1_000)
        assert.isUndefined(yield* proofs.since("a"))
        yield* proofs.note("a")
        assert.isBelow((yield* proofs.since("a")) ?? proofAge, 60_000)
      }).pipe(Effect.provide(layer()))
    )
  })
}
