import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import type { Json } from "../../src/domain/json.ts"
import { jsonIn } from "../../src/domain/parse-json.ts"
import { canonicalBytes } from "../../src/attestation/canonical-json.ts"

const text = (value: Json) => Result.map(canonicalBytes(value), (bytes) => new TextDecoder().decode(bytes))
const found = (value: Json) => Result.match(canonicalBytes(value), { onFailure: (no) => no.found, onSuccess: () => "" })

describe("canonical JSON", () => {
  it.each([
    [-0, "0"],
    [4.5, "4.5"],
    [2e-3, "0.002"],
    [1e30, "1e+30"],
    [1e-27, "1e-27"],
    [1e21, "1e+21"],
    [1e20, "100000000000000000000"],
    [5e-324, "5e-324"],
    [1.7976931348623157e308, "1.7976931348623157e+308"],
    [9007199254740992, "9007199254740992"]
  ] as const)("the number %s is written as %s, as RFC 8785 has it", (value, written) => {
    assert.deepStrictEqual(text(value), Result.succeed(written))
  })

  it("members are sorted by UTF-16 units, as RFC 8785 has it", () => {
    const members = { "\u20ac": 1, "\r": 2, "\ufb33": 3, "1": 4, "\ud83d\ude00": 5, "\u0080": 6, "\u00f6": 7 }
    assert.deepStrictEqual(
      text(members),
      Result.succeed('{"\\r":2,"1":4,"\u0080":6,"\u00f6":7,"\u20ac":1,"\ud83d\ude00":5,"\ufb33":3}')
    )
  })

  it("only quotes, backslashes and control characters are escaped, as RFC 8785 has it", () => {
    assert.deepStrictEqual(
      text('\u20ac$\u000f\nA\'B"\\\\"/\b\f\t\r\u007f'),
      Result.succeed('"\u20ac$\\u000f\\nA\'B\\"\\\\\\\\\\"/\\b\\f\\t\\r\u007f"')
    )
  })

  it("a value that RFC 8785 cannot write is refused by its kind", () => {
    assert.strictEqual(found({ a: [jsonIn("15550000000000001") ?? null] }), "a number that a double does not hold")
    assert.strictEqual(found([Number.NaN]), "a number that is not finite")
    assert.strictEqual(found({ a: { "\ud800": 1 } }), "half of a surrogate pair")
    assert.strictEqual(found(["\udc00"]), "half of a surrogate pair")
  })
})
