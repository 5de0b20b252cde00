import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import { maxDepth, parseBody } from "../../../src/inbound/receive/parse-json.ts"

const bytes = (text: string) => new TextEncoder().encode(text)
const problemOf = (body: Uint8Array) => {
  const parsed = parseBody(body)
  return Result.isFailure(parsed) ? parsed.failure : undefined
}
const nested = (depth: number, open = "[", close = "]", inner = "") => open.repeat(depth) + inner + close.repeat(depth)

/** Long enough to be looked through. */
const padded = (text: string) => bytes(text + " ".repeat(3_000))

describe("body of a webhook", () => {
  it("a body may nest to the depth limit and no deeper", () => {
    assert.isUndefined(problemOf(padded(nested(maxDepth))))
    assert.strictEqual(problemOf(padded(nested(maxDepth + 1))), "nested_too_deeply")
    assert.isUndefined(problemOf(padded(nested(maxDepth, '{"a":', "}", "1"))))
    assert.strictEqual(problemOf(padded(nested(maxDepth + 1, '{"a":', "}", "1"))), "nested_too_deeply")
    assert.strictEqual(problemOf(padded(nested(maxDepth / 2 + 1, '[{"a":', "}]", "1"))), "nested_too_deeply")
  })

  it("a body is rejected for its depth even when it is truncated or no JSON at all", () => {
    assert.strictEqual(problemOf(bytes("[".repeat(3_000_000))), "nested_too_deeply")
    assert.strictEqual(problemOf(bytes(`nonsense${"{".repeat(3_000)}`)), "nested_too_deeply")
  })

  it("a body may hold any number of brackets side by side or within strings", () => {
    const text = JSON.stringify({
      a: "[".repeat(10_000),
      b: `\\"[{\\`.repeat(1_000),
      c: Array.from({ length: 1_000 }, () => [{}])
    })
    assert.deepStrictEqual(parseBody(bytes(text)), Result.succeed(JSON.parse(text)))
  })

  it("a body too short for the depth check overflows no stack", () => {
    assert.isUndefined(problemOf(bytes(nested(1_024))))
    assert.strictEqual(problemOf(bytes("[".repeat(2_048))), "invalid_json")
  })

  it("the parser keeps members with the names of prototype members, and changes no prototype", () => {
    const text = '{"__proto__":{"admin":true},"constructor":{"prototype":{"admin":true}}}'
    const parsed = parseBody(bytes(text))
    assert.strictEqual(JSON.stringify(Result.getOrThrow(parsed)), text)
    assert.isUndefined(Reflect.get({}, "admin"))
  })

  it.each([
    ["a lone continuation byte", [0x22, 0x80, 0x22]],
    ["a sequence cut short", [0x22, 0xc3, 0x28, 0x22]],
    ["an overlong slash", [0x22, 0xc0, 0xaf, 0x22]],
    ["a surrogate", [0x22, 0xed, 0xa0, 0x80, 0x22]],
    ["beyond Unicode", [0x22, 0xf4, 0x90, 0x80, 0x80, 0x22]]
  ])("the parser reports `invalid_utf8` for %s", (_, body) => {
    assert.strictEqual(problemOf(Uint8Array.from(body)), "invalid_utf8")
  })

  it.each(["", " ", "{", "{}{}", "'a'", "NaN", "undefined", "\u0000", '{"a":01}'])(
    "the parser reports `invalid_json` for %j",
    (text) => {
      assert.strictEqual(problemOf(bytes(text)), "invalid_json")
    }
  )
})
