import { assert, describe, it } from "@effect/vitest"
import { sourcesIn } from "./imports.ts"

/** Names that every module of a service may export, since they are read with the module's own name. */
const common = new Set(["layer", "make"])

const declaration = /^export (?:declare )?(?:abstract )?(?:const|function|class|interface|type|enum) (\w+)/gm

/** Returns the files that declare each exported name; a file counts once, so that a type may stand beside its schema. */
const declared = (sources: ReadonlyArray<{ readonly path: string; readonly text: string }>) => {
  const files = new Map<string, Set<string>>()
  for (const { path, text } of sources) {
    for (const [, name = ""] of text.matchAll(declaration)) files.set(name, (files.get(name) ?? new Set()).add(path))
  }
  return files
}

const twice = (sources: ReadonlyArray<{ readonly path: string; readonly text: string }>) =>
  [...declared(sources)].flatMap(([name, files]) =>
    files.size > 1 && !common.has(name) ? [`${name}: ${[...files].sort().join(", ")}`] : []
  )

describe("exported names", () => {
  it("exported names are unique in src and layers, except for the client library", () => {
    const sources = sourcesIn("src", "layers").filter(({ path }) => !path.startsWith("src/client/"))
    assert.isAbove(sources.length, 300)
    assert.deepStrictEqual(twice(sources), [])
  })

  it("a name that two files declare is found", () => {
    const sources = [
      { path: "src/a.ts", text: "export const held = 1\nexport const layer = 1" },
      { path: "src/b.ts", text: "export interface held {}\nexport const layer = 1" }
    ]
    assert.deepStrictEqual(twice(sources), ["held: src/a.ts, src/b.ts"])
  })
})
