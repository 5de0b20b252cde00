import { assert, describe, it } from "@effect/vitest"
import { holdStill, throttleSeconds } from "../../../plugins/meta/usage.ts"

const app = (use: object) => throttleSeconds({ headers: { "x-app-usage": JSON.stringify(use) } })
const business = (...uses: ReadonlyArray<object>) =>
  throttleSeconds({ headers: { "x-business-use-case-usage": JSON.stringify({ "102290129340398": uses }) } })

describe("the usage headers", () => {
  it("ask for nothing while there is room, or where they are not there", () => {
    assert.strictEqual(throttleSeconds({ headers: {} }), 0)
    assert.strictEqual(app({ call_count: 94, total_time: 2, total_cputime: 0 }), 0)
    assert.strictEqual(business({ type: "whatsapp", call_count: 1, estimated_time_to_regain_access: 0 }), 0)
  })

  it("ask to hold still where any of their percents is nearly exhausted", () => {
    for (const name of ["call_count", "total_time", "total_cputime"]) {
      assert.strictEqual(app({ [name]: 95 }), holdStill, name)
      assert.strictEqual(business({ [name]: 100 }), holdStill, name)
    }
  })

  it("ask for the minutes until access is regained, the longest of all uses", () => {
    const uses = [{ call_count: 100, estimated_time_to_regain_access: 4 }, { estimated_time_to_regain_access: 19 }]
    assert.strictEqual(business(...uses), 19 * 60)
  })

  it("are no reason to fail where they cannot be read", () => {
    for (const header of ["", "no json", "[]", "7", "null", '{"1":{}}', '{"1":[null,"x"]}', '{"call_count":"100"}']) {
      const headers = { "x-app-usage": header, "x-business-use-case-usage": header }
      assert.strictEqual(throttleSeconds({ headers }), 0, header)
    }
  })
})
