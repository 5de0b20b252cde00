import { readFileSync } from "node:fs"
import { relative } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { filesUnder, root, type Source } from "./imports.ts"

const unwanted: ReadonlyArray<readonly [what: string, pattern: RegExp]> = [
  ["the path of one machine", new RegExp(["/wo", "rk/"].join("") + "|" + ["/tmp/", "probe"].join(""))],
  ["a package registry's host", new RegExp(["registry\\.", "(npmjs|yarnpkg|npmmirror)"].join(""))],
  [
    "a document that is not in the repository",
    new RegExp(`\\b(${["DES", "IGN"].join("")}|${["GUARAN", "TEES"].join("")})\\b`)
  ],
  ["a note of unfinished work", new RegExp(`\\b(${["TO", "DO"].join("")}|${["FIX", "ME"].join("")})\\b`)]
]

/** Words that the field does not use. Tests may hold them. */
const archaic = /\b(anew|afresh|thereby|whoever|nobody|somebody|whatever|dawdl\w*|in the place of)\b/i
const plain: typeof unwanted = [["an archaic word", archaic]]
const isPlain = (path: string) => !path.startsWith("test/")

const findings = ({ path, text }: Source) =>
  [...unwanted, ...(isPlain(path) ? plain : [])].flatMap(([what, pattern]) => {
    const line = text.split("\n").findIndex((content) => pattern.test(content))
    return line === -1 ? [] : [`${path}:${line + 1} holds ${what}`]
  })

const tree = () =>
  filesUnder(root)
    .filter((path) => !/\.(log|rdb|aof|png|ico|enc|gz)$/.test(path))
    .map((path): Source => ({ path: relative(root, path), text: readFileSync(path, "utf8") }))

describe("unwanted words", () => {
  it.each([
    ["see /wo", "rk/main/src"],
    ["cd /tmp/", "probe-1"],
    ["from https://registry.", "npmjs.org/effect"],
    ["// TO", "DO later"],
    ["// FIX", "ME"],
    ["the status of DES", "IGN 8.2"],
    ["Writes it a", "new"],
    ["Who", "ever calls"]
  ])('the check finds "%s%s"', (start, end) => {
    assert.deepStrictEqual(
      findings({ path: "a.ts", text: `\n${start}${end}` }).map((found) => found.split(" ")[0]),
      ["a.ts:2"]
    )
  })

  it("no file names one machine, a registry or unfinished work", () => {
    assert.deepStrictEqual(tree().flatMap(findings), [])
  })
})
