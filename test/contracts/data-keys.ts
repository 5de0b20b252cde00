import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import { DataKeys } from "../../src/secrets/sealer.ts"

const key = (id: string, wrapped = `aaaaaaaa:${id}`) => ({ id, wrapped })

/**
 * Defines the tests that every implementation of the data keys must pass. `layer` returns a fresh, empty one at each call.
 * `lose` deletes its keys; absent where that is impossible.
 */
export const dataKeysContract = <R>(
  name: string,
  layer: () => Layer.Layer<DataKeys | R, unknown>,
  lose?: Effect.Effect<unknown, unknown, R>
) => {
  describe(`data keys in ${name}`, () => {
    it.effect("G36 the store keeps one first data key when many replicas create one at once", () =>
      Effect.gen(function* () {
        const keys = yield* DataKeys
        assert.deepStrictEqual(yield* keys.all, [])
        const ids = Array.from({ length: 16 }, (_, n) => `0000000${n.toString(16)}`)
        const answers = yield* Effect.forEach(ids, (id) => keys.first(key(id)), { concurrency: "unbounded" })
        assert.strictEqual(new Set(answers.map((all) => JSON.stringify(all))).size, 1)
        assert.lengthOf(yield* keys.all, 1)
      }).pipe(Effect.provide(layer()))
    )

    it.effect("G36 the store rewraps a data key only if its wrapping is still the one that was read", () =>
      Effect.gen(function* () {
        const keys = yield* DataKeys
        yield* keys.first(key("11111111", "a:1"))
        yield* keys.rewrap("11111111", "b:1", "c:1")
        assert.deepStrictEqual(yield* keys.all, [key("11111111", "a:1")])
        yield* keys.rewrap("11111111", "a:1", "c:1")
        yield* keys.rewrap("22222222", "a:1", "c:1")
        assert.deepStrictEqual(yield* keys.all, [key("11111111", "c:1")])
      }).pipe(Effect.provide(layer()))
    )

    if (lose === undefined) return
    it.effect("G36 the store creates no second first data key after a loss, and restores the keys of a replica", () =>
      Effect.gen(function* () {
        const keys = yield* DataKeys
        yield* keys.first(key("11111111"))
        yield* lose
        assert.deepStrictEqual(yield* keys.first(key("22222222")), [])
        assert.deepStrictEqual(yield* keys.all, [])
        yield* keys.restore([key("11111111"), key("33333333")])
        yield* keys.restore([key("11111111", "b:1")])
        const known = yield* keys.first(key("44444444"))
        assert.sameDeepMembers([...known], [key("11111111"), key("33333333")])
      }).pipe(Effect.provide(layer()))
    )
  })
}
