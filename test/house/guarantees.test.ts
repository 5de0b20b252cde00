import { assert, describe, it } from "@effect/vitest"
import { existsSync, readFileSync } from "node:fs"
import { join, relative } from "node:path"
import { filesUnder, root } from "./imports.ts"
import { headingsOf, page, sectionOf } from "./markdown.ts"

const guarantees = page("docs/guarantees.md")
const anchors = headingsOf(guarantees).flatMap((heading) => /^### ([GI]\d+)$/.exec(heading)?.[1] ?? [])
const sectionText = (anchor: string) => sectionOf(guarantees, `### ${anchor}`).text
const isBuilt = (anchor: string) => !sectionText(anchor).includes("Not built yet.")

/** A number of a rule, as it stands in prose, docstrings and test names. */
const named = /(?<![\w#-])([GI]\d{1,2})(?![\w-])/g

const texts = filesUnder(root)
  .map((path) => relative(root, path).replaceAll("\\", "/"))
  .filter((path) => /\.(ts|tsx|md)$/.test(path) && /^(src|layers|plugins|test|docs|examples|scripts)\//.test(path))
  .map((path) => ({ path, text: readFileSync(join(root, path), "utf8") }))
const numbersIn = (text: string) => Array.from(text.matchAll(named), ([, number = ""]) => number)

describe("guarantees.md", () => {
  it("the page explains every number that the repository cites", () => {
    const cited = new Set(texts.flatMap(({ text }) => numbersIn(text)))
    assert.isAbove(cited.size, 50)
    assert.deepStrictEqual([...cited].filter((number) => !anchors.includes(number)).toSorted(), [])
  })

  it("each guarantee that is built is named by a test", () => {
    const tested = new Set(
      texts.flatMap(({ path, text }) => (/^test\/(?!house\/).*\.ts$/.test(path) ? numbersIn(text) : []))
    )
    assert.deepStrictEqual(
      anchors.filter((anchor) => isBuilt(anchor) && !tested.has(anchor)),
      []
    )
    assert.deepStrictEqual(
      anchors.filter((anchor) => !isBuilt(anchor) && tested.has(anchor)),
      []
    )
  })

  it("the page links each guarantee to files that name it", () => {
    for (const anchor of anchors.filter(isBuilt)) {
      const linked = Array.from(sectionText(anchor).matchAll(/\]\(\.\.\/(test\/[^)]+)\)/g), ([, path = ""]) => path)
      assert.isAbove(linked.length, 0, anchor)
      for (const path of linked) {
        assert.isTrue(existsSync(join(root, path)), path)
        assert.include(numbersIn(readFileSync(join(root, path), "utf8")), anchor, path)
      }
    }
  })
})
