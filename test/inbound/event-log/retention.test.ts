import { assert, describe, it } from "@effect/vitest"
import { deliveredCap, fullAt } from "../../../src/inbound/event-log/retention.ts"

const mebibyte = 1024 * 1024
const gibibyte = 1024 * mebibyte

describe("size limit of delivered events", () => {
  it("the size limit is the configured one when the store has no memory limit", () => {
    assert.strictEqual(deliveredCap(gibibyte, { used: 0 }), gibibyte)
  })

  it("the size limit is a quarter of a small store", () => {
    assert.strictEqual(deliveredCap(gibibyte, { limit: 256 * mebibyte, used: 0.5 }), 64 * mebibyte)
  })

  it("G6 the size limit shrinks as the store fills, and is 0 before the store rejects writes", () => {
    const at = (used: number) => deliveredCap(gibibyte, { limit: gibibyte, used })
    assert.isTrue(at(0.7) > at(0.75) && at(0.75) > at(0.79))
    assert.strictEqual(at(0.8), 0)
    assert.strictEqual(at(fullAt), 0)
    assert.strictEqual(at(2), 0)
  })
})
