import { inspect } from "node:util"
import { assert, describe, it } from "@effect/vitest"
import { Personal } from "../../src/domain/personal.ts"

describe("what holds a person", () => {
  const personal = Personal.of({ from: "canary 15550001111", content: { text: "canary" } })

  it("is read on purpose only", () => {
    assert.strictEqual(Personal.open(personal).from, "canary 15550001111")
  })

  it("shows nothing of itself however it is printed", () => {
    const shown = [
      String(personal),
      `${personal}`,
      JSON.stringify({ personal }),
      inspect(personal, { depth: 9, showHidden: true }),
      inspect({ deep: { personal } }, { depth: 9 }),
      Object.entries(personal).join(),
      JSON.stringify(structuredClone({ ...personal })),
      new Error(`failed on ${personal}`).message
    ]
    for (const text of shown) assert.notInclude(text, "canary")
  })
})
