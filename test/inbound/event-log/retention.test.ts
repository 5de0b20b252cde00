import { assert, describe, it } from "@effect/vitest"
import { deliveredCap, fullAt } from "../../../src/inbound/event-log/retention.ts"

const mebibyte = 1024 * 1024
const gibibyte = 1024 * mebibyte

describe("what delivered events may take of a store", () => {
  it("is all that the retention says where the store has no limit", () => {
    assert.strictEqual(deliveredCap(gibibyte, { used: 0 }), gibibyte)
  })

  it("is a quarter of a small store", () => {
    assert.strictEqual(deliveredCap(gibibyte, { limit: 256 * mebibyte, used: 0.5 }), 64 * mebibyte)
  })

  it("G6 shrinks as the store fills, and is nothing before it takes nothing in", () => {
    const at = (used: number) => deliveredCap(gibibyte, { limit: gibibyte, used })
    assert.isTrue(at(0.7) > at(0.75) && at(0.75) > at(0.79))
    assert.strictEqual(at(0.8), 0)
    assert.strictEqual(at(fullAt), 0)
    assert.strictEqual(at(2), 0)
  })
})
