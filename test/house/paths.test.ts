import { readdirSync, statSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { root } from "./imports.ts"
import { page, words } from "./markdown.ts"

const folders = /^(\.ci|bin|deploy|docs|examples|layers|plugins|scripts|src|test|web)\//
const file = /^[A-Z][A-Z_]+\.md$/

const entriesOf = (folder: string) =>
  statSync(join(root, folder)).isDirectory() ? readdirSync(join(root, folder)) : []

/** A name in angle brackets stands for any name. */
const pattern = (step: string) =>
  new RegExp(`^${step.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&").replaceAll(/<[^>]+>/g, ".+")}$`)

const exists = (path: string) =>
  path
    .split("/")
    .filter((step) => step !== "")
    .reduce<ReadonlyArray<string>>(
      (found, step) =>
        found.flatMap((folder) =>
          entriesOf(folder)
            .filter((name) => pattern(step).test(name))
            .map((name) => join(folder, name))
        ),
      ["."]
    ).length > 0

const pathsIn = (text: string) =>
  words(text)
    .flatMap((span) => span.split(/\s+/))
    .filter((word) => folders.test(word) || file.test(word))

const missingIn = (text: string) => pathsIn(text).filter((path) => !exists(path))

describe("paths in documents", () => {
  it.each(["README.md", "CONTRIBUTING.md", "docs/architecture.md", "docs/glossary.md"])(
    "every path leads to a file or folder of the repository, in %s",
    (path) => {
      assert.deepStrictEqual(missingIn(page(path).text), [])
    }
  )

  it("the architecture names every room of src and every folder of layers", () => {
    const named = new Set(pathsIn(page("docs/architecture.md").text))
    const rooms = ["src", "layers"].flatMap((folder) =>
      entriesOf(folder)
        .map((name) => `${folder}/${name}`)
        .filter((path) => statSync(join(root, path)).isDirectory())
    )
    assert.isAbove(rooms.length, 20)
    assert.deepStrictEqual(
      rooms.filter((path) => !named.has(path)),
      []
    )
  })

  it("a path that leads nowhere is found", () => {
    const text =
      "`src/nowhere` `npm test -- test/house` `src/http/api/<group>.ts` `layers/<technology>/nothing.rs` `NO.md`"
    assert.deepStrictEqual(missingIn(text), ["src/nowhere", "layers/<technology>/nothing.rs", "NO.md"])
    assert.isAbove(pathsIn(page("CONTRIBUTING.md").text).length, 40)
  })
})
