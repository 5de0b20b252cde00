import { assert, describe, it } from "@effect/vitest"
import { codeOf, millisOf, textOf } from "../../../plugins/meta/read-json.ts"

describe("provider JSON", () => {
  it("the reader takes any non-empty string as an id, and a number in place of a string", () => {
    assert.deepStrictEqual(["<AN_ID>", " ", 12, 0.5].map(textOf), ["<AN_ID>", " ", "12", "0.5"])
    assert.deepStrictEqual(["", null, true, [], {}, undefined].map(textOf), Array.from({ length: 6 }))
  })

  it("the reader converts unix seconds, as string or number, to milliseconds", () => {
    assert.deepStrictEqual(["1700000000", 1700000000, 0].map(millisOf), [1700000000000, 1700000000000, 0])
  })

  const noTimes = ["TIMESTAMP", "", "-5", "1.5", "1e3", " 1", "0x10", "999999999999", 1.5, -1, 1e300, null, true, []]
  it.each(noTimes.map((value) => ({ value })))("the reader takes no time from $value", ({ value }) => {
    assert.isUndefined(millisOf(value))
  })

  it("the reader takes only digits as an error code, since codes are logged", () => {
    assert.deepStrictEqual([131056, "131056", 0].map(codeOf), ["131056", "131056", "0"])
    assert.deepStrictEqual(["ERROR_CODE", "1 2", -1, 1.5, "12345678901", null].map(codeOf), Array.from({ length: 6 }))
  })
})
