import { assert, describe, it } from "@effect/vitest"
import { sourcesIn } from "./imports.ts"

const hashes = /\bhash\.(?:event|intent|conversation|quarantine|opaque)\(/

describe("G12 G14 derivations of keyed hashes", () => {
  it("the derivations are in identity/derive.ts alone, for admission, sending and erasure", () => {
    const found = sourcesIn("src").filter(({ text }) => hashes.test(text))
    assert.deepStrictEqual(
      found.map(({ path }) => path),
      ["src/identity/derive.ts"]
    )
  })
})
