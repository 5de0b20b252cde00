import { assert, describe, it } from "@effect/vitest"
import * as Redacted from "effect/Redacted"
import { matchApiKey, newApiKey } from "../../../layers/node-crypto/api-keys.ts"

describe("API key", () => {
  const keys = ["one", "two", "three"].map((key) => Redacted.make(key))

  it("an API key matches only as a whole", () => {
    assert.deepStrictEqual(
      ["one", "two", "three", "tw", "twoo", "", "TWO"].map((presented) => matchApiKey(presented, keys)),
      [0, 1, 2, -1, -1, -1, -1]
    )
    assert.strictEqual(matchApiKey("one", []), -1)
  })

  it("a generated API key has 256 random bits and is never repeated", () => {
    const made = Array.from({ length: 100 }, () => Redacted.value(newApiKey()))
    for (const key of made) assert.match(key, /^cmp_[A-Za-z0-9_-]{43}$/)
    assert.strictEqual(new Set(made).size, made.length)
  })
})
