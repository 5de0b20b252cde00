import { assert, describe, it } from "@effect/vitest"
import { sourcesIn } from "./imports.ts"
import { complaintsAbout, testNamesIn } from "./test-names.ts"

const complaintsIn = (text: string) => testNamesIn({ path: "test/a.test.ts", text }).flatMap(complaintsAbout)

describe("test names", () => {
  it("every test is named by a sentence that is understood without its group", () => {
    const names = sourcesIn("test").flatMap(testNamesIn)
    assert.isAbove(names.filter(({ kind }) => kind === "test").length, 1_500)
    const refused = names.flatMap((one) => complaintsAbout(one).map((why) => `${one.path}: "${one.name}": ${why}`))
    assert.deepStrictEqual(refused, [])
  })

  it.each([
    `it("is answered before it is performed", () => {})`,
    `it.effect("G24 is answered before it is performed, and is performed by a worker", () => {})`,
    `it.live("that died before its lane entry is queued by the sweeper, once", () => {})`,
    "it.effect.each(table)(`G19 of ${one} takes the row of the subcode`, () => {})",
    `it.each([["a", 1]] as const)("refuses %s before the claim", () => {})`,
    `test("keeps no content after settlement", effect)`,
    `it("answers the challenge as it came", () => {})`,
    `it("%s", () => {})`,
    `it("a caller is told of the doubt", () => {})`,
    `it("a key is wrapped anew", () => {})`,
    `it("a replica releases its lease, and nobody waits", () => {})`,
    `describe("what is accepted", () => {})`
  ])("the check refuses the name in %s", (text) => {
    assert.isNotEmpty(complaintsIn(text))
  })

  it.each([
    `it.effect("G24 an accepted intent is answered before it is performed, and a worker performs it", () => {})`,
    "it(`the response has status ${status} when the intent is ${what}`, () => {})",
    `it("statuses move an intent only forward, in whatever order they arrive", () => {})`,
    `it("\`told\` is quoted as code", () => {})`,
    `describe("accepted intents", () => {})`
  ])("the check accepts the name in %s", (text) => {
    assert.deepStrictEqual(complaintsIn(text), [])
  })
})
