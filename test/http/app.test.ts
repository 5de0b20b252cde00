import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { PayloadError } from "../../src/domain/failure.ts"
import { NotAnIntent } from "../../src/outbound/submit/intents.ts"
import { NotConfigured } from "../../src/outbound/intent/resolve-target.ts"
import { broken, refused } from "../fakes/faults.ts"
import { IntentLedgerFaults } from "../fakes/intent-ledger.ts"
import { answerWith, ScriptedIntents } from "../fakes/intents.ts"
import { RecordedLog } from "../fakes/log.ts"
import { type Answered, api, baseLayer } from "./harness.ts"
import { intentIdOfNobody, wish } from "./wish.ts"

const isProblem = ({ status, headers, body }: Answered, code: string) => {
  assert.strictEqual(headers.get("content-type"), "application/problem+json")
  assert.deepInclude(body, { status, code, type: `urn:comporta:problem:${code}` })
}

describe("API", () => {
  it.effect("the API passes on namespace, key, body and correlation id, and nothing else", () =>
    Effect.gen(function* () {
      const ask = yield* api
      const { submitted } = yield* ScriptedIntents
      yield* ask("/v1/intents", wish({}, { a: [1] }), "key-sender")
      yield* ask("/v1/intents", wish({ "idempotency-key": '"k2"', "comporta-correlation-id": "cor_x" }), "key-all")
      assert.deepStrictEqual(submitted.all, [
        { namespace: "sender-keys", key: "k1", body: { a: [1] } },
        { namespace: "all-keys", key: "k2", body: { connector: "fixture" }, correlationId: "cor_x" }
      ])
    }).pipe(Effect.provide(baseLayer))
  )

  it.effect("the API returns the result of an intent with its correlation id", () =>
    Effect.gen(function* () {
      const ask = yield* api
      const { ends } = yield* ScriptedIntents
      const sent = yield* ask("/v1/intents", wish(), "key-all")
      assert.strictEqual(sent.status, 200)
      assert.strictEqual(sent.headers.get("comporta-correlation-id"), answerWith().correlationId)
      ends(Effect.succeed(answerWith({ state: "claimed", conflict: "in_flight", retryAfter: 1_500 })))
      const busy = yield* ask("/v1/intents", wish(), "key-all")
      assert.strictEqual(busy.status, 409)
      assert.strictEqual(busy.headers.get("retry-after"), "2")
      isProblem(busy, "in_flight")
    }).pipe(Effect.provide(baseLayer))
  )

  it.effect("the API reports the part that is not configured, and an invalid intent", () =>
    Effect.gen(function* () {
      const ask = yield* api
      const { ends } = yield* ScriptedIntents
      for (const what of ["connector", "account", "capability"] as const) {
        ends(Effect.fail(new NotConfigured({ what })))
        const answer = yield* ask("/v1/intents", wish(), "key-all")
        assert.strictEqual(answer.status, 404)
        isProblem(answer, `unknown_${what}`)
      }
      ends(Effect.fail(new NotAnIntent({ failure: new PayloadError({ code: "c", detail: "d", issues: [] }) })))
      const answer = yield* ask("/v1/intents", wish(), "key-all")
      assert.strictEqual(answer.status, 422)
      isProblem(answer, "c")
    }).pipe(Effect.provide(baseLayer))
  )

  it.effect("the API submits no intent whose body is no JSON or whose key is missing", () =>
    Effect.gen(function* () {
      const ask = yield* api
      const { submitted } = yield* ScriptedIntents
      const wrong: ReadonlyArray<readonly [RequestInit, number, string]> = [
        [{ ...wish(), body: "{" }, 422, "invalid_json"],
        [{ ...wish(), body: "" }, 422, "invalid_json"],
        [{ ...wish(), body: "[".repeat(5_000) }, 422, "nested_too_deeply"],
        [{ ...wish(), body: Uint8Array.of(0x22, 0xc3, 0x28, 0x22) }, 422, "invalid_utf8"],
        [{ ...wish(), body: " ".repeat(1_048_577) }, 413, "too_large"],
        [wish({ "idempotency-key": '""' }), 400, "idempotency_key"]
      ]
      for (const [init, status, code] of wrong) {
        const answer = yield* ask("/v1/intents", init, "key-all")
        assert.strictEqual(answer.status, status, code)
        isProblem(answer, code)
      }
      assert.lengthOf(submitted.all, 0)
    }).pipe(Effect.provide(baseLayer))
  )

  it.effect("the API answers 503 with Retry-After when the store cannot answer a query", () =>
    Effect.gen(function* () {
      const ask = yield* api
      const ledger = yield* IntentLedgerFaults
      ledger.always("get", refused())
      ledger.always("list", refused())
      for (const path of [`/v1/intents/${intentIdOfNobody}`, "/v1/intents?state=sent"]) {
        const answer = yield* ask(path, {}, "key-reader")
        assert.strictEqual(answer.status, 503)
        assert.strictEqual(answer.headers.get("retry-after"), "1")
        isProblem(answer, "store_unavailable")
      }
    }).pipe(Effect.provide(baseLayer))
  )

  it.effect("I7 the API answers a defect with a problem that shows none of it, as does the log line", () =>
    Effect.gen(function* () {
      const ask = yield* api
      const log = yield* RecordedLog
      const { ends } = yield* ScriptedIntents
      ends(Effect.die(new TypeError("canary-15550102030")))
      ;(yield* IntentLedgerFaults).always("get", broken)
      const answers = [
        yield* ask("/v1/intents", wish(), "key-all"),
        yield* ask(`/v1/intents/${intentIdOfNobody}`, {}, "key-all")
      ]
      for (const answer of answers) {
        assert.strictEqual(answer.status, 500)
        isProblem(answer, "internal")
        assert.notMatch(answer.text, /canary|defect of|TypeError|at /)
      }
      assert.lengthOf(log.of("internal"), 2)
      assert.notMatch(JSON.stringify(log.lines), /canary|a defect of/)
    }).pipe(Effect.provide(baseLayer))
  )

  it.effect("the API answers an unknown route with a problem", () =>
    Effect.gen(function* () {
      const ask = yield* api
      for (const [path, method] of [
        ["/", "GET"],
        ["/v1/intents/a/b", "GET"],
        ["/v2/intents", "POST"],
        ["/livez", "DELETE"],
        ["/v1/intents/%00", "PATCH"]
      ] as const) {
        const answer = yield* ask(path, { method }, "key-all")
        assert.strictEqual(answer.status, 404, path)
        isProblem(answer, "not_found")
      }
    }).pipe(Effect.provide(baseLayer))
  )
})
