import { assert, describe, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import { canonicalJson, isJsonObject, numberText } from "../../src/domain/json.ts"
import { jsonIn, parseJson } from "../../src/domain/parse-json.ts"

const back = (text: string) => JSON.stringify(parseJson(text))

/** Numbers that a double rounds, each as a JSON text. */
const rounded = [
  "15550000000000001",
  "-15550000000000001",
  "9007199254740993",
  "123456789012345678901234567890",
  "0.1234567890123456789",
  "12345678901234567.5",
  "1.5550000000000001e16",
  "15550000000000001E2",
  "1e400",
  "-1e400",
  "1e-400"
]

describe("exact JSON numbers", () => {
  it.each(rounded)("the parser keeps %s digit by digit at every position", (number) => {
    const places = [
      `{"a":${number}}`,
      `[${number}]`,
      `[1,${number},"x"]`,
      number,
      `{"a":{"b":[{"c":${number}}]},"d":"\\"${number}\\\\"}`
    ]
    for (const text of places) assert.strictEqual(back(text), text)
    assert.strictEqual(back(`{ "a" :\n\t${number} }`), `{"a":${number}}`)
  })

  it.each(["15550000000000000", "1e3", "1.0", "0.1", "-0", "1.5e-7", "9007199254740992", "1e21", "12345678901234.50"])(
    "the parser reads %s as an ordinary number of the same value",
    (number) => {
      assert.deepStrictEqual(parseJson(`{"a":${number}}`), JSON.parse(`{"a":${number}}`))
    }
  )

  it("the parser changes no digits within strings and names", () => {
    const text = '{"15550000000000001":"15550000000000001","a":", 15550000000000001","b":"\\\\\\", 15550000000000001"}'
    assert.deepStrictEqual(parseJson(text), JSON.parse(text))
  })

  it("the parser takes no string for a number of its own, whatever control characters it holds", () => {
    const controls = Array.from({ length: 32 }, (_, code) => String.fromCharCode(code))
    for (const text of [...controls, controls.join("")]) {
      const body = `{"a":${JSON.stringify(text)},"b":15550000000000001,"c":${JSON.stringify(`${text}1`)}}`
      assert.strictEqual(back(body), body)
    }
  })

  it("the parser keeps members with prototype names, and the last of duplicate members", () => {
    const text = '{"__proto__":15550000000000001,"constructor":{"prototype":15550000000000003}}'
    assert.strictEqual(back(text), text)
    assert.strictEqual(back('{"a":15550000000000001,"a":15550000000000003}'), '{"a":15550000000000003}')
  })

  it.each(["{15550000000000001:1}", "[015550000000000001]", "[15550000000000001 2]", "[1555000000000000.]", "[1e]"])(
    "the parser rejects %s like JSON.parse",
    (text) => {
      assert.throws(() => parseJson(text), SyntaxError)
      assert.isUndefined(jsonIn(text))
    }
  )

  it("the parser overflows no stack, however deep the JSON nests", () => {
    const depth = 200_000
    const text = `${"[".repeat(depth)}15550000000000001${"]".repeat(depth)}`
    assert.isDefined(jsonIn(text))
  })

  it("an exact number is no object, and has one canonical text for all its spellings", () => {
    const [one, other, ordinary] = ["15550000000000001", "1555000000000000.1e1", "12"].map((text) => parseJson(text))
    assert.isFalse(isJsonObject(one))
    assert.strictEqual(numberText(one), "15550000000000001")
    assert.strictEqual(canonicalJson({ b: one ?? null, a: [1] }), '{"a":[1],"b":15550000000000001}')
    assert.strictEqual(canonicalJson(other ?? null), canonicalJson(one ?? null))
    assert.strictEqual(numberText(ordinary), "12")
    assert.isUndefined(numberText("12"))
  })

  it("the parser returns values that the JSON schema accepts and keeps", () => {
    const held = Schema.decodeUnknownSync(Schema.Record(Schema.String, Schema.Json))(
      parseJson('{"a":15550000000000001}')
    )
    assert.strictEqual(JSON.stringify(held), '{"a":15550000000000001}')
  })
})
