import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { api, baseLayer } from "./harness.ts"

describe("connectors API", () => {
  it.effect("the API lists connectors with the protection of every capability", () =>
    Effect.gen(function* () {
      const ask = yield* api
      const { status, body } = yield* ask("/v1/connectors", {}, "key-reader")
      assert.strictEqual(status, 200)
      const view = (capability: string, more: object) => ({
        capability,
        capabilityId: `fixture.${capability}`,
        ...more
      })
      assert.deepStrictEqual<unknown>(body, {
        connectors: [
          {
            connector: "fixture",
            version: "1.0.0",
            accounts: ["front", "back"],
            capabilities: [
              view("mark", { protection: "idempotent", retryUnknown: 2, recipient: "absent" }),
              view("post", { protection: "verified", proof: "status-echo", retryUnknown: 0, recipient: "required" }),
              view("reply", { protection: "verified", proof: "read-back", retryUnknown: 0, recipient: "required" }),
              view("say", { protection: "verified", proof: "message-echo", retryUnknown: 0, recipient: "required" }),
              view("poke", { protection: "unprotected", retryUnknown: 0, recipient: "required" })
            ]
          }
        ]
      })
    }).pipe(Effect.provide(baseLayer))
  )

  it.effect("the API lists connectors to readers alone", () =>
    Effect.gen(function* () {
      const ask = yield* api
      assert.strictEqual((yield* ask("/v1/connectors", {}, "key-nobody")).status, 403)
      assert.strictEqual((yield* ask("/v1/connectors")).status, 401)
    }).pipe(Effect.provide(baseLayer))
  )
})
