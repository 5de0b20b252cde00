import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { errors } from "../../../plugins/whatsapp/errors.ts"
import { graphClient } from "../../../plugins/meta/graph.ts"
import { objectOf, textOf } from "../../../plugins/meta/read-json.ts"
import { NotSent, OutcomeUnknown } from "../../../src/connector/provider-http.ts"
import { ProviderScript, type Scripted, answered, scriptedProvider } from "../../fakes/provider-http.ts"

const call = graphClient(errors)({
  operation: "test.call",
  settings: { baseUrl: "https://graph.example", version: "v25.0" },
  method: "POST",
  path: "1065/messages",
  token: Redacted.make("the token"),
  body: { type: "text" },
  expect: (body) => textOf(objectOf(body)?.["id"])
})
const ending = (end: Scripted) =>
  Effect.gen(function* () {
    yield* (yield* ProviderScript).next(end)
    return yield* call
  }).pipe(Effect.provide(scriptedProvider))
const failing = (end: Scripted) => Effect.flip(ending(end))
const refusal = (error: object, status = 400, headers = {}) => answered(status, { error }, headers)

describe("Graph API calls", () => {
  it.effect("a call has a versioned URL, a bearer token and a JSON body", () =>
    Effect.gen(function* () {
      const script = yield* ProviderScript
      yield* script.next(answered(200, { id: "wamid.1" }))
      assert.strictEqual(yield* call, "wamid.1")
      const [request] = yield* script.sent
      assert.deepInclude(request, {
        method: "POST",
        url: "https://graph.example/v25.0/1065/messages",
        headers: { accept: "application/json", "content-type": "application/json" },
        body: '{"type":"text"}'
      })
      assert.strictEqual(request?.bearer && Redacted.value(request.bearer), "the token")
    }).pipe(Effect.provide(scriptedProvider))
  )

  it.effect.each([
    ["refused", "network_refused", true],
    ["dns", "network_dns", true],
    ["tls", "network_tls", true],
    ["connect_timeout", "network_connect_timeout", true],
    ["too_late", "network_too_late", true],
    ["network", "network_failed", true],
    ["invalid", "network_invalid", false]
  ] as const)("a call that never left (%s) is our own failure and not applied", ([reason, code, transient]) =>
    Effect.gen(function* () {
      const failure = yield* failing(new NotSent({ reason }))
      assert.deepInclude(failure, { _tag: "InfraError", code, certainty: "not_applied", transient })
    })
  )

  it.effect.each(["timeout", "connection_lost", "truncated"] as const)("a call that ended in %s is unknown", (reason) =>
    Effect.gen(function* () {
      const failure = yield* failing(new OutcomeUnknown({ reason }))
      assert.deepInclude(failure, { _tag: "ProviderError", code: reason, certainty: "unknown", transient: false })
    })
  )

  it.effect.each([
    ["HTML with 200", answered(200, "<html>"), "unexpected_answer"],
    ["nothing with 200", answered(200, ""), "unexpected_answer"],
    ["200 without the expected member", answered(200, { messages: [] }), "unexpected_answer"],
    ["an error within a 200", answered(200, { error: { code: 100 } }), "unexpected_answer"],
    ["204", answered(204, ""), "unexpected_answer"],
    ["a redirect", answered(302, "", { location: "https://elsewhere.example" }), "redirect"],
    ["a redirect with an id", answered(307, { id: "wamid.1" }), "redirect"],
    ["HTML with 502", answered(502, "<html>"), "server_error"],
    ["HTML with 400", answered(400, "<html>"), "unreadable_error"],
    ["an empty 400", answered(400, ""), "unreadable_error"],
    ["an error that is a text", answered(400, { error: "no" }), "unreadable_error"],
    ["a code that is a text", refusal({ code: "OOPS" }), "unreadable_error"],
    ["a code that is not listed", refusal({ code: 987654 }), "987654"],
    ["a listed refusal with 500", refusal({ code: 131047 }, 500), "131047"],
    ["a wrong parameter with 500", refusal({ code: 100 }, 500), "100"],
    ["code 1", refusal({ code: 1 }), "1"],
    ["code 1/1357046", refusal({ code: 1, error_subcode: 1357046 }), "1/1357046"],
    ["code 2", refusal({ code: 2 }, 503), "2"],
    ["131000", refusal({ code: 131000 }), "131000"],
    ["131016", refusal({ code: 131016 }), "131016"],
    ["a listed throttle that calls itself transient", refusal({ code: 131056, is_transient: true }), "131056"],
    ["a wrong parameter that calls itself transient", refusal({ code: 100, is_transient: true }), "100"]
  ] as const)("G19 a call is unknown when the response is %s", ([, end, code]) =>
    Effect.gen(function* () {
      const failure = yield* failing(end)
      assert.deepInclude(failure, { _tag: "ProviderError", code, certainty: "unknown", transient: false })
    })
  )

  it.effect("a rejection is classified by the row of the subcode before the one of the code", () =>
    Effect.gen(function* () {
      assert.deepInclude(yield* failing(refusal({ code: 100, error_subcode: 33 })), {
        _tag: "ProviderError",
        code: "100/33",
        certainty: "not_applied",
        pauses: { of: "account", why: "auth" }
      })
      const unlisted = yield* failing(refusal({ code: 100, error_subcode: 99 }))
      assert.deepInclude(unlisted, { _tag: "PayloadError", code: "100", certainty: "not_applied", httpStatus: 400 })
    })
  )

  it.effect("a failure keeps the wait that the provider demands", () =>
    Effect.gen(function* () {
      const failureWith = (header: string) => failing(refusal({ code: 131056 }, 400, { "retry-after": header }))
      assert.deepInclude(yield* failureWith("64"), { retryAfter: 64, transient: true })
      assert.notProperty(yield* failureWith("soon"), "retryAfter")
      const overloaded = yield* failing(answered(503, "", { "retry-after": "5" }))
      assert.deepInclude(overloaded, { retryAfter: 5, certainty: "unknown" })
      assert.containSubset(overloaded, { pauses: { of: "account", why: "throttled", wait: { first: 5 } } })
      assert.deepInclude(yield* failing(answered(503, "")), { pauses: "nothing" })
    })
  )

  it.effect("a failure repeats no text of the provider", () =>
    Effect.gen(function* () {
      const canaryTexts = {
        message: "canary",
        error_user_msg: "canary",
        error_data: { details: "canary" },
        type: "canary"
      }
      for (const code of [100, 131056, 987654, 1]) {
        assert.notInclude(JSON.stringify(yield* failing(refusal({ ...canaryTexts, code }))), "canary")
      }
      assert.notInclude(JSON.stringify(yield* failing(answered(502, "canary"))), "canary")
    })
  )
})
