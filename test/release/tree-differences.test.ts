import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { afterAll, assert, describe, it } from "@effect/vitest"
import { treeDifferences } from "../../scripts/manifest/tree-differences.ts"

const base = mkdtempSync(join(tmpdir(), "comporta-trees-"))
afterAll(() => rmSync(base, { recursive: true, force: true }))

let count = 0
const tree = (files: Readonly<Record<string, string>>) => {
  const folder = join(base, String(count++))
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  return folder
}

const files = { "main.js": "const a = 1\n", "chunks/b.js": "b\n" }

describe("comparison of two builds", () => {
  it("two equal builds have no difference", () => {
    assert.deepStrictEqual(treeDifferences(tree(files), tree(files)), [])
  })

  it("a changed byte is listed with its file, its place and its text", () => {
    const [found = "", ...others] = treeDifferences(tree(files), tree({ ...files, "main.js": "const a = 2\n" }))
    assert.deepStrictEqual(others, [])
    assert.match(found, /^main\.js: byte 10 of 12: "const a = 1\\n", and of 12: "const a = 2\\n"$/)
  })

  it("a file of one build alone is listed, as is another mode", () => {
    const [one, other] = [tree(files), tree({ "main.js": files["main.js"], "c.js": "c" })]
    chmodSync(join(other, "main.js"), 0o755)
    chmodSync(join(one, "main.js"), 0o644)
    assert.deepStrictEqual(treeDifferences(one, other), [
      "c.js: only the second has it",
      "chunks/b.js: only the first has it",
      "main.js: mode 644, and 755"
    ])
  })
})
