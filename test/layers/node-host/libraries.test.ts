import { spawnSync } from "node:child_process"
import { existsSync } from "node:fs"
import { createRequire } from "node:module"
import process from "node:process"
import { fileURLToPath } from "node:url"
import { assert, describe, it } from "@effect/vitest"
import { foreignLibraries } from "../../../src/boot/libraries.ts"

const module = fileURLToPath(new URL("../../../layers/node-host/libraries.ts", import.meta.url))

/** Returns the libraries of a new process that has run some code before. */
const mappedAfter = (code: string): ReadonlyArray<string> => {
  const script = `${code}\nconst { mappedLibraries } = await import(${JSON.stringify(module)})\nconsole.log(JSON.stringify(mappedLibraries()))`
  const { stdout, stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", script], { encoding: "utf8" })
  return stdout === "" ? assert.fail(stderr) : JSON.parse(stdout)
}

/** A native library in the packages of the tests. */
const addon = createRequire(createRequire(import.meta.url).resolve("rolldown")).resolve(
  `@rolldown/binding-${process.platform}-${process.arch}-gnu`
)

describe.runIf(existsSync("/proc/self/maps"))("native libraries", () => {
  it("G40 a process of Node alone has no library but those that Node needs", () => {
    const mapped = mappedAfter("")
    assert.isAbove(mapped.length, 3)
    assert.deepStrictEqual(foreignLibraries(mapped), [])
  })

  it("G40 a native library that was loaded before the program is found in the process", () => {
    const mapped = mappedAfter(`process.dlopen({ exports: {} }, ${JSON.stringify(addon)})`)
    assert.include(mapped, addon)
    assert.isNotEmpty(foreignLibraries(mapped))
  })
})
