import { assert, describe, it } from "@effect/vitest"
import { sourcesIn } from "./imports.ts"

const hashes = /\bhash\.(?:event|intent|conversation|quarantine|opaque)\(/

describe("G12 G14 the formulas of keyed hashes", () => {
  it("stand in identity/derive.ts alone, so that a change to one reaches admission, sending and erasure", () => {
    const found = sourcesIn("src").filter(({ text }) => hashes.test(text))
    assert.deepStrictEqual(
      found.map(({ path }) => path),
      ["src/identity/derive.ts"]
    )
  })
})
