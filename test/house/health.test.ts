import { assert, describe, it } from "@effect/vitest"
import { type AnswerRow, answerTable } from "../../src/inbound/runtime/response.ts"
import { providerHealth } from "../../src/outbound/accounts/provider-health.ts"
import { page, rowsOf, sectionOf } from "./markdown.ts"

const guide = page("docs/guide/health.md")

const rangeOf = ([first, last]: readonly [number, number]) => {
  if (first === last) return String(first)
  return `${first} to ${last}`
}

const answersOf = ({ statuses, retryAfter, reasons }: AnswerRow) => {
  if (reasons !== undefined) return reasons.map((reason) => `\`${reason}\``).join(", ")
  return (statuses ?? []).map(rangeOf).join(", ") + (retryAfter === true ? " with `Retry-After`" : "")
}

describe("guide to health", () => {
  it("G48 the guide has every row of the table of runtime responses, in order", () => {
    const { text, path } = sectionOf(guide, "## The runtime")
    const first = text.split("\n\n").find((part) => part.trim().startsWith("| sign | answers")) ?? ""
    assert.deepStrictEqual(
      rowsOf({ path, text: first }).map(([sign, answers]) => `${sign} ${answers}`),
      answerTable.map((row) => `\`${row.sign}\` ${answersOf(row)}`)
    )
  })

  it("G48 the guide has every outcome by which a provider's health is judged", () => {
    assert.deepStrictEqual(
      rowsOf(sectionOf(guide, "## The provider")).map(([ended, health]) => [ended, health]),
      Object.values(providerHealth).map(({ ended, health }) => [ended, health])
    )
  })
})
