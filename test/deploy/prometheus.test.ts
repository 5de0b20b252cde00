import { assert, describe, it } from "@effect/vitest"
import { metricNames } from "../../src/metrics/registry.ts"
import { page } from "../house/markdown.ts"
import { documentIn, itemsAt, textAt } from "./files.ts"

const rules = itemsAt(documentIn("prometheus/comporta.rules.yaml"), "groups", 0, "rules")
const named = (text: string) => Array.from(text.matchAll(/comporta_[a-z_]+/g), ([name]) => name)

describe("alert rules of Prometheus", () => {
  it("the rules read metrics that the program has, and no other", () => {
    assert.isAbove(rules.length, 10)
    const read = rules.flatMap((rule) => named(textAt(rule, "expr")))
    assert.deepStrictEqual(
      read.filter((name) => !metricNames.includes(name)),
      []
    )
  })

  it("each alert that the reference lists is a rule, and no other", () => {
    const { text } = page("docs/reference/metrics.md")
    const list = text.slice(text.indexOf("Set one alert for each of these:"))
    const listed = Array.from(list.matchAll(/^- `(comporta_[a-z_]+)`/gm), ([, name = ""]) => name)
    const alerted = rules.map((rule) =>
      named(textAt(rule, "expr")).at(textAt(rule, "alert").endsWith("Pending") ? 1 : 0)
    )
    assert.deepStrictEqual(alerted.toSorted(), listed.toSorted())
  })
})
