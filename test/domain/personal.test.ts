import { inspect } from "node:util"
import { assert, describe, it } from "@effect/vitest"
import { Personal } from "../../src/domain/personal.ts"

describe("Personal", () => {
  const personal = Personal.of({ from: "canary 15550001111", content: { text: "canary" } })

  it("a personal value is read only by `Personal.open`", () => {
    assert.strictEqual(Personal.open(personal).from, "canary 15550001111")
  })

  it("a printed personal value shows nothing of its content", () => {
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
