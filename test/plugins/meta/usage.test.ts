import { assert, describe, it } from "@effect/vitest"
import { holdStill, throttleSeconds } from "../../../plugins/meta/usage.ts"

const app = (use: object) => throttleSeconds({ headers: { "x-app-usage": JSON.stringify(use) } })
const business = (...uses: ReadonlyArray<object>) =>
  throttleSeconds({ headers: { "x-business-use-case-usage": JSON.stringify({ "102290129340398": uses }) } })

describe("usage headers", () => {
  it("the usage headers demand no pause while there is room, or when they are absent", () => {
    assert.strictEqual(throttleSeconds({ headers: {} }), 0)
    assert.strictEqual(app({ call_count: 94, total_time: 2, total_cputime: 0 }), 0)
    assert.strictEqual(business({ type: "whatsapp", call_count: 1, estimated_time_to_regain_access: 0 }), 0)
  })

  it("the usage headers demand a pause when any percentage is nearly exhausted", () => {
    for (const name of ["call_count", "total_time", "total_cputime"]) {
      assert.strictEqual(app({ [name]: 95 }), holdStill, name)
      assert.strictEqual(business({ [name]: 100 }), holdStill, name)
    }
  })

  it("the usage headers demand a pause until access is regained, the longest of all uses", () => {
    const uses = [{ call_count: 100, estimated_time_to_regain_access: 4 }, { estimated_time_to_regain_access: 19 }]
    assert.strictEqual(business(...uses), 19 * 60)
  })

  it("the usage headers that are unreadable cause no failure", () => {
    for (const header of ["", "no json", "[]", "7", "null", '{"1":{}}', '{"1":[null,"x"]}', '{"call_count":"100"}']) {
      const headers = { "x-app-usage": header, "x-business-use-case-usage": header }
      assert.strictEqual(throttleSeconds({ headers }), 0, header)
    }
  })
})
