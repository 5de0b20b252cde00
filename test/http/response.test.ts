import { assert, describe, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import { badKey, notAnIntent } from "../../src/http/server/intent-response.ts"
import {
  internal,
  json,
  methodNotAllowed,
  notFoundResponse,
  type PlainResponse,
  problem,
  retryAfter,
  text,
  tooBusy
} from "../../src/http/server/response.ts"
import { ProblemSchema } from "../../src/http/api/schemas.ts"
import { PayloadError } from "../../src/domain/failure.ts"
import { notConfigured } from "../../src/http/api/problems.ts"

const parsedBody = ({ body }: PlainResponse) => JSON.parse(body)

describe("problems", () => {
  it("a problem follows RFC 9457 with type, title, status and code, and is not cached", () => {
    const response = problem({ status: 418, code: "teapot", title: "Only tea" })
    assert.deepStrictEqual(response, {
      status: 418,
      headers: { "content-type": "application/problem+json", "cache-control": "no-store" },
      body: '{"type":"urn:comporta:problem:teapot","title":"Only tea","status":418,"code":"teapot"}'
    })
  })

  it("a problem carries the detail, members and headers that it is given", () => {
    const response = problem({
      status: 429,
      code: "limited",
      title: "Later",
      detail: "this account",
      extra: { errors: [], scope: "send" },
      headers: retryAfter(1)
    })
    assert.deepInclude(parsedBody(response), { detail: "this account", errors: [], scope: "send", status: 429 })
    assert.deepInclude(response.headers, { "retry-after": "1", "content-type": "application/problem+json" })
  })

  const fixed: ReadonlyArray<readonly [name: string, status: number, response: PlainResponse]> = [
    ["a missing route", 404, notFoundResponse],
    ["a defect", 500, internal],
    ["too many requests", 503, tooBusy],
    ["a wrong method", 405, methodNotAllowed("GET, POST")],
    ["a missing key", 400, badKey],
    ["a missing connector", 404, problem(notConfigured("connector"))],
    [
      "an invalid intent",
      422,
      notAnIntent(
        new PayloadError({
          code: "invalid_request",
          detail: "wrong",
          issues: [{ path: ["to"], message: "expected it" }]
        })
      )
    ]
  ]
  it.each(fixed)("the problem about %s matches the schema of the API", (_, status, response) => {
    assert.strictEqual(response.status, status)
    assert.strictEqual(response.headers["content-type"], "application/problem+json")
    const body = Schema.decodeUnknownSync(ProblemSchema)(parsedBody(response))
    assert.strictEqual(body.status, status)
    assert.strictEqual(body.type, `urn:comporta:problem:${body.code}`)
    assert.isNotEmpty(body.title)
  })

  it("the problem about a wrong method names the allowed ones, and the one about overload has a Retry-After", () => {
    assert.strictEqual(methodNotAllowed("GET, POST").headers["allow"], "GET, POST")
    assert.strictEqual(tooBusy.headers["retry-after"], "1")
  })

  it("the problem about an invalid intent names each error's path", () => {
    const issues = [{ path: ["input", "text"], message: "expected a text" }]
    const body = parsedBody(notAnIntent(new PayloadError({ code: "invalid_request", detail: "wrong", issues })))
    assert.deepStrictEqual(body.errors, issues)
    assert.deepInclude(body.failure, { class: "PayloadError", certainty: "not_applied", transient: false })
  })
})

describe("Retry-After", () => {
  it.each([
    [0, "1"],
    [1, "1"],
    [1_000, "1"],
    [1_001, "2"],
    [-5, "1"],
    [7_000, "7"]
  ])("a Retry-After of %i ms is %s whole seconds", (millis, seconds) => {
    assert.deepStrictEqual(retryAfter(millis), { "retry-after": seconds })
  })
})

describe("other responses", () => {
  it("a response has its content type and is not cached", () => {
    assert.deepStrictEqual(json(200, { a: [1] }, { "x-a": "b" }), {
      status: 200,
      headers: { "content-type": "application/json", "cache-control": "no-store", "x-a": "b" },
      body: '{"a":[1]}'
    })
    assert.deepStrictEqual(text(200, "1234").headers, {
      "content-type": "text/plain; charset=utf-8",
      "cache-control": "no-store"
    })
  })
})
