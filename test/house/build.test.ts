import { spawnSync } from "node:child_process"
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, assert, describe, it } from "@effect/vitest"
import { root } from "./imports.ts"

const folder = mkdtempSync(join(tmpdir(), "comporta-build-"))
const sources = join(root, `node_modules/.comporta/build-${process.pid}`)
afterAll(() => {
  for (const made of [folder, sources]) rmSync(made, { recursive: true, force: true })
})

const node = (...args: ReadonlyArray<string>) => spawnSync(process.execPath, args, { encoding: "utf8", cwd: root })

const entry = (name: string, text: string) => {
  mkdirSync(sources, { recursive: true })
  const path = join(sources, name)
  writeFileSync(path, text)
  return path
}

describe("build", () => {
  it("the build is one readable file with source map and lazy chunks, and runs without node_modules", () => {
    const source = entry(
      "entry.ts",
      'import * as Effect from "effect/Effect"\nimport { Redis } from "ioredis"\n' +
        'const readableName = Effect.promise(() => import("yaml"))\n' +
        "const yaml = await Effect.runPromise(readableName)\n" +
        "console.log(yaml.stringify({ ioredis: typeof Redis, arguments: process.argv.slice(2) }))\n"
    )
    const built = node("scripts/build.ts", source, join(folder, "dist"))
    assert.strictEqual(built.status, 0, built.stderr)
    assert.sameMembers(readdirSync(join(folder, "dist")), [
      "main.js",
      "main.js.map",
      "chunks",
      "THIRD-PARTY-NOTICES.txt"
    ])
    assert.include(readFileSync(join(folder, "dist/main.js"), "utf8"), "readableName")
    mkdirSync(join(folder, "bin"))
    cpSync(join(root, "bin/comporta.js"), join(folder, "bin/comporta.js"))
    writeFileSync(join(folder, "package.json"), '{"type":"module"}')
    const ran = node(join(folder, "bin/comporta.js"), "serve")
    assert.strictEqual(ran.stdout, "ioredis: function\narguments:\n  - serve\n\n", ran.stderr)
  })

  it("the build holds the bundled lab page, and needs no other file to serve it", () => {
    const source = entry(
      "page.ts",
      'import * as Effect from "effect/Effect"\n' +
        'import { labPage } from "../../../layers/browser/lab-page.ts"\n' +
        "console.log(JSON.stringify(await Effect.runPromise(labPage)))\n"
    )
    const output = join(folder, "page")
    const built = node("scripts/build.ts", source, output)
    assert.strictEqual(built.status, 0, built.stderr)
    assert.sameMembers(readdirSync(output), ["main.js", "main.js.map", "THIRD-PARTY-NOTICES.txt"])
    const page: unknown = JSON.parse(node(join(output, "main.js")).stdout)
    assert.hasAllKeys(page, ["markup", "script", "style"])
    assert.include(JSON.stringify(page), "Simulated provider. Nothing leaves this machine.")
    assert.notMatch(JSON.stringify(page), /from \\"preact/)
  })

  it("the build fails on an import that does not resolve", () => {
    const source = entry("broken.ts", 'import "./not-there.ts"\n')
    const built = node("scripts/build.ts", source, join(folder, "broken"))
    assert.notStrictEqual(built.status, 0)
    assert.include(built.stderr, "not-there")
  })

  it("G39 the build holds an optional package as absent, and fails on any other that Node would search for", () => {
    const source = entry("optional.cjs", 'try { require("bufferutil") } catch ({ message }) { console.log(message) }\n')
    const output = join(folder, "optional")
    const built = node("scripts/build.ts", source, output)
    assert.strictEqual(built.status, 0, built.stderr)
    const beside = join(output, "node_modules/bufferutil")
    mkdirSync(beside, { recursive: true })
    writeFileSync(join(beside, "index.js"), 'console.log("loaded from outside")\n')
    writeFileSync(join(output, "package.json"), '{"type":"module"}')
    assert.strictEqual(node(join(output, "main.js")).stdout, "not installed\n")

    const searching = entry("searching.cjs", 'try { require("not-in-the-lock") } catch {}\n')
    const refused = node("scripts/build.ts", searching, join(folder, "searching"))
    assert.notStrictEqual(refused.status, 0)
    assert.include(refused.stderr, "requires not-in-the-lock, which is not in the bundle")
  })
})
