import { assert, describe, it } from "@effect/vitest"
import * as Redacted from "effect/Redacted"
import { digest } from "../../../layers/node-crypto/hmac.ts"

const bytes = (text: string) => new TextEncoder().encode(text)
const hex = (of: Uint8Array) => Buffer.from(of).toString("hex")

describe("connector digest", () => {
  const key = Redacted.make("app-secret")

  it("the digest is HMAC-SHA256 of 32 bytes", () => {
    const mac = digest.hmacSha256(key, bytes('{"object":"page"}'))
    assert.strictEqual(hex(mac), "ae958d6f00b134dd32b95a9a76bedaaeb068c0949769358355023f7d1a0c580b")
    assert.strictEqual(hex(digest.hmacSha256(key, bytes('{"object":"page"}'))), hex(mac))
  })

  it("the digest differs between two keys", () => {
    const other = digest.hmacSha256(Redacted.make("app-secret-2"), bytes("x"))
    assert.notStrictEqual(hex(other), hex(digest.hmacSha256(key, bytes("x"))))
  })

  it("the digest comparison compares whole values, and returns false for different lengths", () => {
    assert.isTrue(digest.equals(bytes("abc"), bytes("abc")))
    assert.isFalse(digest.equals(bytes("abc"), bytes("abd")))
    assert.isFalse(digest.equals(bytes("abc"), bytes("abcd")))
    assert.isFalse(digest.equals(bytes(""), bytes("a")))
    assert.isTrue(digest.equals(bytes(""), bytes("")))
  })
})
