import { assert, describe, it } from "@effect/vitest"
import { circlesIn } from "./circles.ts"
import { importsOf, sourcesIn } from "./imports.ts"

const sources = (files: Readonly<Record<string, string>>) =>
  Object.entries(files).flatMap(([path, text]) => importsOf({ path, text }))

describe("import circles", () => {
  it("import circles are found through values, types and any number of files", () => {
    const imports = sources({
      "src/a.ts": `import { b } from "./b.ts"`,
      "src/b.ts": `import type { C } from "./c.ts"\nimport { d } from "./d.ts"`,
      "src/c.ts": `export { a } from "./a.ts"`,
      "src/d.ts": `import { e } from "./e.ts"`,
      "src/e.ts": `import * as Effect from "effect/Effect"`,
      "src/f.ts": `import { f } from "./f.ts"`
    })
    assert.deepStrictEqual(circlesIn(imports), [["src/a.ts", "src/b.ts", "src/c.ts"], ["src/f.ts"]])
  })

  it("import circles do not exist in src, layers and plugins", () => {
    const imports = sourcesIn("src", "layers", "plugins").flatMap(importsOf)
    assert.isAbove(imports.length, 1_000)
    assert.deepStrictEqual(circlesIn(imports), [])
  })
})
