import { assert, describe, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import type { FailureReport } from "../../src/domain/failure.ts"
import { intentResponse } from "../../src/http/server/intent-response.ts"
import { IntentAnswerSchema as Answered, IntentProblem } from "../../src/http/api/schemas.ts"
import type { IntentAnswer } from "../../src/outbound/send/intent-result.ts"
import { answerWith } from "../fakes/intents.ts"

const failure = (more: Partial<FailureReport>): FailureReport => ({
  class: "ProviderError",
  code: "131056",
  certainty: "not_applied",
  transient: false,
  detail: "our own words",
  ...more
})
const payload = failure({ class: "PayloadError", code: "invalid_request" })
const infra = failure({ class: "InfraError", code: "store_unavailable", transient: true })
const unknown = failure({ code: "timeout", certainty: "unknown" })

type Row = readonly [what: string, more: Partial<IntentAnswer>, status: number, code?: string]

/** As `docs/reference/http-api.md` lists them; a repeat's status follows the stored state. */
const rows: ReadonlyArray<Row> = [
  ["sent", { receipt: { messageId: "m-1" } }, 200],
  ["sent, a repeat", { outcome: "deduped" }, 200],
  ["sent, with a failed delivery later", { outcome: "deduped", failure: failure({}) }, 200],
  ["accepted", { outcome: "accepted", state: "accepted" }, 202],
  ["accepted, a repeat", { outcome: "deduped", state: "accepted" }, 202],
  ["in flight", { outcome: "deduped", state: "claimed", conflict: "in_flight", retryAfter: 2_100 }, 409, "in_flight"],
  ["expired", { outcome: "deduped", state: "expired" }, 410, "expired"],
  ["invalid", { outcome: "failed", state: "failed", failure: payload }, 422, "invalid_request"],
  ["invalid, a repeat", { outcome: "deduped", state: "failed", failure: payload }, 422, "invalid_request"],
  ["of other content than its key", { outcome: "failed", conflict: "other_content" }, 422, "key_reused"],
  [
    "of other content than its failed key",
    { outcome: "failed", state: "failed", conflict: "other_content", failure: failure({}) },
    422,
    "key_reused"
  ],
  ["rejected by the provider", { outcome: "failed", state: "failed", failure: failure({}) }, 502, "131056"],
  ["rejected by the provider, a repeat", { outcome: "deduped", state: "failed", failure: failure({}) }, 502, "131056"],
  [
    "not performed",
    { outcome: "failed", state: "failed", failure: infra, retryAfter: 1_000 },
    503,
    "store_unavailable"
  ],
  ["in doubt", { outcome: "in_doubt", state: "in_doubt", failure: unknown }, 504, "in_doubt"],
  ["in doubt, a repeat", { outcome: "deduped", state: "in_doubt" }, 504, "in_doubt"],
  ["in doubt after a failure of our own", { outcome: "in_doubt", state: "in_doubt", failure: infra }, 504, "in_doubt"],
  ["disputed", { outcome: "deduped", state: "disputed", failure: failure({}) }, 504, "disputed"],
  ["claimed by a stopped worker", { outcome: "in_doubt", state: "claimed" }, 504, "claimed"]
]

describe("response about an intent", () => {
  for (const [what, more, status, code] of rows) {
    it(`the response has status ${status} for an intent that is ${what}`, () => {
      const answer = answerWith(more)
      const response = intentResponse(answer)
      assert.strictEqual(response.status, status)
      const body: unknown = JSON.parse(response.body)
      if (code === undefined) {
        assert.strictEqual(response.headers["content-type"], "application/json")
        Schema.decodeUnknownSync(Answered, { onExcessProperty: "error" })(body)
        return
      }
      assert.strictEqual(response.headers["content-type"], "application/problem+json")
      const parsedBody = Schema.decodeUnknownSync(IntentProblem, { onExcessProperty: "error" })(body)
      assert.strictEqual(parsedBody.status, status)
      assert.strictEqual(parsedBody.code, code)
      assert.strictEqual(parsedBody.type, `urn:comporta:problem:${code}`)
      assert.strictEqual(parsedBody.detail, answer.failure?.detail)
    })
  }

  it("the response has all members that the API reference promises, and the correlation id", () => {
    for (const [what, more] of rows) {
      const answer = answerWith(more)
      const { intentId, outcome, state, safeNewKey, capabilityId, correlationId, receipt, failure } = answer
      const { headers, body } = intentResponse(answer)
      assert.strictEqual(headers["comporta-correlation-id"], correlationId, what)
      const parsedBody = JSON.parse(body)
      assert.deepInclude(parsedBody, { intentId, outcome, state, safeNewKey, capabilityId, correlationId }, what)
      assert.deepStrictEqual([parsedBody.receipt, parsedBody.failure], [receipt, failure], what)
      for (const own of ["conflict", "retryAfter", "issues"]) assert.notProperty(parsedBody, own, what)
    }
  })

  it("the response has a Retry-After when a retry makes sense", () => {
    const waits = (more: Partial<IntentAnswer>) => intentResponse(answerWith(more)).headers["retry-after"]
    assert.strictEqual(waits({ state: "claimed", conflict: "in_flight", retryAfter: 2_100 }), "3")
    assert.strictEqual(waits({ outcome: "failed", state: "failed", failure: infra, retryAfter: 1_000 }), "1")
    assert.isUndefined(waits({}))
  })

  it("the response about an invalid intent names each error's path under `errors`", () => {
    const issues = [{ path: ["input", "body"], message: "expected a text" }]
    const { body } = intentResponse(answerWith({ outcome: "failed", state: "failed", failure: payload, issues }))
    assert.deepInclude(JSON.parse(body), { errors: issues })
  })
})
