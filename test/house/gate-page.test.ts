import { assert, describe, it } from "@effect/vitest"
import { gatePage } from "../../scripts/gate-page.ts"
import { checklist } from "../../src/gate/policy/checklist.ts"
import { page, rowsOf, sectionOf } from "./markdown.ts"

const reference = page("docs/reference/go-no-go.md")

describe("page of the checklist", () => {
  it("go-no-go.md is current: `node scripts/gate-page.ts` writes the same page", () => {
    assert.strictEqual(reference.text, gatePage())
  })

  it("go-no-go.md has every item with its proof, age, bound, command and causes", () => {
    const rows = rowsOf(sectionOf(reference, "## Items"))
    const ids = new Set(rows.map(([id]) => id))
    assert.deepStrictEqual(
      checklist.common.filter(({ id }) => !ids.has(id)),
      []
    )
    for (const row of rows) {
      assert.lengthOf(row, 7)
      assert.notInclude(row, "", row[0])
    }
  })
})
