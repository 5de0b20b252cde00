import { createHmac, randomBytes } from "node:crypto"
import { assert, describe, it } from "@effect/vitest"
import { hmacSha256 } from "../../../layers/node-crypto/hmac.ts"

const lengths = [0, 1, 31, 32, 55, 56, 63, 64, 65, 1_000, 4_095, 4_096, 4_097, 100_000]

describe("hmacSha256", () => {
  for (const keyLength of [1, 16, 32, 63, 64, 65, 200]) {
    it(`hmacSha256 equals node:crypto for a key of ${keyLength} bytes and messages of any length`, () => {
      const key = randomBytes(keyLength)
      const mac = hmacSha256(key)
      for (const length of [...lengths, ...lengths.toReversed()]) {
        const message = randomBytes(length)
        assert.deepStrictEqual(mac.ofBytes(message), createHmac("sha256", key).update(message).digest())
      }
    })
  }

  it("hmacSha256 hashes a text as UTF-8, whatever its characters", () => {
    const key = randomBytes(32)
    const mac = hmacSha256(key)
    for (const text of ["", "a", "já", "😊".repeat(700), "ﬀ".repeat(1_365), "x".repeat(5_000), "\ud800"]) {
      assert.strictEqual(mac.ofText(text), createHmac("sha256", key).update(text).digest("hex"))
    }
  })

  it("a result of hmacSha256 does not change with the next message", () => {
    const mac = hmacSha256(Buffer.from("key"))
    const first = mac.ofBytes(Buffer.from("one"))
    const copy = Buffer.from(first)
    mac.ofBytes(Buffer.from("two"))
    assert.deepStrictEqual(first, copy)
  })
})
