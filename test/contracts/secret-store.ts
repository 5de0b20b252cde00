import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { SecretStore } from "../../src/secrets/secret-store.ts"

/** The secrets that a test puts into a store: by reference, the current version and the previous one. */
export type Given = Readonly<Record<string, { readonly current: string; readonly previous?: string }>>

/** Defines the tests that every secret store must pass. `stocked` makes a store with the given secrets. */
export const secretStoreContract = (stocked: (given: Given) => Layer.Layer<SecretStore>) => {
  const read = (given: Given, ref: string) =>
    SecretStore.use((store) => store.read(ref)).pipe(Effect.provide(stocked(given)))

  it.effect("the secret store reads the current version of a secret", () =>
    Effect.gen(function* () {
      const secret = yield* read(
        { "meta/app-secret": { current: "one" }, other: { current: "two" } },
        "meta/app-secret"
      )
      assert.strictEqual(Redacted.value(secret.current), "one")
      assert.isUndefined(secret.previous)
    })
  )

  it.effect("the secret store reads the previous version during a rotation", () =>
    Effect.gen(function* () {
      const { current, previous } = yield* read({ a: { current: "new", previous: "old" } }, "a")
      assert.strictEqual(Redacted.value(current), "new")
      assert.strictEqual(previous === undefined ? undefined : Redacted.value(previous), "old")
    })
  )

  it.effect("the secret store keeps every character of a value except one newline at its end", () =>
    Effect.gen(function* () {
      const value = "  p\u00E4ss\tw\u00F6rd \u{1F511}\n\nend  "
      const { current } = yield* read({ a: { current: value } }, "a")
      assert.strictEqual(Redacted.value(current), value)
    })
  )

  it.effect("the error for a missing secret names the secret and a remedy, and shows no value", () =>
    Effect.gen(function* () {
      const error = yield* read({ a: { current: "canary-value" } }, "b/c").pipe(Effect.flip)
      assert.strictEqual(error._tag, "SecretUnavailable")
      assert.strictEqual(error.ref, "b/c")
      assert.isNotEmpty(error.reason)
      assert.isNotEmpty(error.remedy)
      assert.notInclude(JSON.stringify(error) + error.message, "canary-value")
    })
  )

  it.effect("a printed secret shows no value", () =>
    Effect.gen(function* () {
      const secret = yield* read({ a: { current: "canary-value", previous: "canary-before" } }, "a")
      assert.notInclude(JSON.stringify(secret) + String(secret.current), "canary")
    })
  )
}
