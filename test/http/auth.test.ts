import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Context from "effect/Context"
import * as HttpApi from "effect/http-api/HttpApi"
import { vi } from "vitest"
import { RequiredScope } from "../../src/http/auth/contract.ts"
import { Api } from "../../src/http/api/api.ts"
import { intentIdOfNobody, wish } from "./wish.ts"
import { IntentLedgerFaults } from "../fakes/intent-ledger.ts"
import { ScriptedIntents } from "../fakes/intents.ts"
import { RecordedLog } from "../fakes/log.ts"
import { api, baseLayer, keys } from "./harness.ts"

const compared = vi.hoisted((): Array<readonly [number, number]> => [])

vi.mock(import("node:crypto"), async (original) => {
  const crypto = await original()
  return {
    ...crypto,
    timingSafeEqual: (a: NodeJS.ArrayBufferView, b: NodeJS.ArrayBufferView) => {
      compared.push([a.byteLength, b.byteLength])
      return crypto.timingSafeEqual(a, b)
    }
  }
})

const endpoints = [
  { name: "send", path: "/v1/intents", init: wish(), scope: "send" },
  { name: "get", path: `/v1/intents/${intentIdOfNobody}`, init: {}, scope: "read" },
  { name: "list", path: "/v1/intents?state=sent", init: {}, scope: "read" }
] as const

describe("authentication of API callers", () => {
  it("every endpoint outside the health group names the scope that it needs", () => {
    const unnamed: Array<string> = []
    HttpApi.reflect(Api, {
      onGroup: () => undefined,
      onEndpoint: ({ group, endpoint }) => {
        const named = Context.getOrUndefined(endpoint.annotations, RequiredScope)
        if (named === undefined && group.identifier !== "health") unnamed.push(endpoint.identifier)
      }
    })
    assert.deepStrictEqual(unnamed, [])
  })

  for (const { name, path, init, scope } of endpoints) {
    it.effect(`a caller needs a key with the scope ${scope} to ${name}, and no other`, () =>
      Effect.gen(function* () {
        const ask = yield* api
        for (const { client } of keys) {
          const { status, body, headers } = yield* ask(path, init, `key-${client.id}`)
          if (client.scopes.includes(scope)) assert.include([200, 404], status, client.id)
          else {
            assert.strictEqual(status, 403, client.id)
            assert.deepInclude(body, { type: "urn:comporta:problem:forbidden", code: "forbidden", status: 403, scope })
            assert.strictEqual(headers.get("content-type"), "application/problem+json")
          }
        }
      }).pipe(Effect.provide(baseLayer))
    )
  }

  it.effect("a caller without a known key gets the same 401 everywhere, and no service is called", () =>
    Effect.gen(function* () {
      const ask = yield* api
      const wrong = ["", "wrong", "key-al", "key-all ", "key-allx", "KEY-ALL", "key-all, key-reader", "key-sender-old"]
      const texts = new Set<string>()
      for (const { path, init } of endpoints) {
        for (const key of [undefined, ...wrong.map((text) => text.replace(/ $/, "\u00a0"))]) {
          const { status, headers, text } = yield* ask(path, init, key)
          assert.strictEqual(status, 401, `${path} ${key}`)
          assert.strictEqual(headers.get("www-authenticate"), "Bearer")
          assert.strictEqual(headers.get("content-type"), "application/problem+json")
          texts.add(text)
        }
      }
      assert.strictEqual(texts.size, 1)
      assert.lengthOf((yield* ScriptedIntents).submitted.all, 0)
      const ledger = yield* IntentLedgerFaults
      assert.lengthOf([...ledger.calls.get.all, ...ledger.calls.list.all], 0)
      const log = yield* RecordedLog
      assert.lengthOf(log.of("api.refused"), endpoints.length * (wrong.length + 1))
      assert.notInclude(JSON.stringify(log.lines), "wrong")
    }).pipe(Effect.provide(baseLayer))
  )

  it.effect("a caller is known by the previous version of its key too", () =>
    Effect.gen(function* () {
      const ask = yield* api
      for (const key of ["key-sender", "key-sender-before"]) {
        assert.strictEqual((yield* ask("/v1/intents", wish(), key)).status, 200)
      }
      const { submitted } = yield* ScriptedIntents
      assert.deepStrictEqual([...new Set(submitted.all.map(({ namespace }) => namespace))], ["sender-keys"])
    }).pipe(Effect.provide(baseLayer))
  )

  it.effect("the gateway compares every key by digests of one length, so that time reveals nothing", () =>
    Effect.gen(function* () {
      const ask = yield* api
      const versions = keys.flatMap(({ secret }) => secret.candidates()).length
      for (const key of ["key-all", "key-nobody", "key-al", "k", "x".repeat(5_000)]) {
        compared.length = 0
        yield* ask("/v1/intents?state=sent", {}, key)
        assert.deepStrictEqual(
          compared,
          Array.from({ length: versions }, () => [32, 32])
        )
      }
    }).pipe(Effect.provide(baseLayer))
  )

  it.effect("a caller needs no key for health, metrics and the API's description", () =>
    Effect.gen(function* () {
      const ask = yield* api
      for (const path of ["/livez", "/metrics", "/openapi.json", "/docs"]) {
        assert.strictEqual((yield* ask(path)).status, 200, path)
      }
    }).pipe(Effect.provide(baseLayer))
  )
})
