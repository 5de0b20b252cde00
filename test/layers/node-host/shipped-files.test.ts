import { spawnSync } from "node:child_process"
import { createHash } from "node:crypto"
import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join, resolve } from "node:path"
import { fileURLToPath } from "node:url"
import { afterAll, assert, describe, it } from "@effect/vitest"

const program = resolve(fileURLToPath(import.meta.url), "../followed.ts")
const base = mkdtempSync(join(tmpdir(), "comporta-shipped-"))
afterAll(() => rmSync(base, { recursive: true, force: true }))

const sha256 = (bytes: string | Buffer) => `sha256:${createHash("sha256").update(bytes).digest("hex")}`

const files: Readonly<Record<string, string>> = {
  "package.json": '{"type":"module"}',
  LICENSE: "licence",
  "bin/comporta.js": "export default 'bin'\n",
  "dist/main.js": "export default 'main'\n",
  "dist/main.js.map": "{}",
  "dist/chunks/lazy.js": "export default 'lazy'\n",
  "dist/chunks/old.cjs": "module.exports = 'old'\n"
}

let count = 0
const install = () => {
  const root = join(base, String(count++))
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }
  for (const [path, text] of Object.entries(files)) write(path, text)
  const digests = Object.fromEntries(Object.entries(files).map(([path, text]) => [path, sha256(text)]))
  const node = { version: "24.21.0", platform: "linux-x64", digest: sha256("node") }
  const manifest = { v: 1, version: "0.1.0", node, files: digests, components: {}, inert: ["LICENSE"] }
  write("dist/manifest.json", JSON.stringify(manifest))
  return { root, write }
}

const follow = (root: string, ...steps: ReadonlyArray<string>): ReadonlyArray<unknown> => {
  const { stdout, stderr } = spawnSync(process.execPath, [program, root, ...steps], { encoding: "utf8" })
  return stdout === "" ? assert.fail(stderr) : JSON.parse(stdout)
}

describe("shipped files", () => {
  it("G39 an intact package has no difference, and its release is the digest of its manifest", () => {
    const { root } = install()
    const digest = sha256(readFileSync(join(root, "dist/manifest.json")))
    assert.deepStrictEqual(follow(root, "release", "manifest", "compare"), [digest, "read", []])
  })

  it("G39 each changed, missing and additional file is found, except for a text that is missing or additional", () => {
    const { root, write } = install()
    appendFileSync(join(root, "dist/main.js"), " ")
    appendFileSync(join(root, "package.json"), " ")
    for (const path of ["bin/comporta.js", "LICENSE"]) rmSync(join(root, path))
    for (const path of ["dist/chunks/new.js", "bin/new", "dist/NEW.md"]) write(path, "new")
    assert.deepStrictEqual(follow(root, "compare"), [
      [
        { path: "bin/comporta.js", found: "missing" },
        { path: "bin/new", found: "additional" },
        { path: "dist/chunks/new.js", found: "additional" },
        { path: "dist/main.js", found: "changed" },
        { path: "package.json", found: "changed" }
      ]
    ])
  })

  it("G39 a changed text is found, since the release names its bytes", () => {
    const { root } = install()
    appendFileSync(join(root, "LICENSE"), " ")
    assert.deepStrictEqual(follow(root, "compare"), [[{ path: "LICENSE", found: "changed" }]])
  })

  it.each(["dist/chunks/lazy.js", "dist/chunks/old.cjs"])(
    "G39 a file that is changed after the boot is refused when it is loaded: %s",
    (path) => {
      const { root } = install()
      const [differences, reported, refused, other] = follow(
        root,
        "compare",
        `change=${path}`,
        `load=${path}`,
        "load=dist/main.js"
      )
      assert.deepStrictEqual(differences, [])
      assert.deepStrictEqual(reported, { reported: path })
      assert.match(String(refused), new RegExp(`^refused: ${path.replaceAll(".", "\\.")} is not the file`))
      assert.strictEqual(other, "main")
    }
  )

  it("G39 a file outside of the package is not loaded after the boot", () => {
    const { root, write } = install()
    write("node_modules/other.js", "export default 'other'\n")
    const [, , refused] = follow(root, "compare", "load=node_modules/other.js")
    assert.match(String(refused), /^refused: node_modules\/other\.js is not the file/)
  })

  it("G39 a file that was other when it was loaded is found, although its bytes are restored before the boot check", () => {
    const { root } = install()
    const [loaded, ...found] = follow(
      root,
      "change=dist/chunks/lazy.js",
      "load=dist/chunks/lazy.js",
      "restore=dist/chunks/lazy.js",
      "compare"
    )
    assert.strictEqual(loaded, "lazy")
    assert.deepStrictEqual(found, [[{ path: "dist/chunks/lazy.js", found: "changed" }]])
  })

  it("no load is refused once the process compares nothing", () => {
    const { root } = install()
    assert.deepStrictEqual(follow(root, "discard", "change=dist/chunks/lazy.js", "load=dist/chunks/lazy.js"), ["lazy"])
  })

  it("a package without a manifest runs from source", () => {
    const { root } = install()
    rmSync(join(root, "dist/manifest.json"))
    assert.deepStrictEqual(follow(root, "release", "manifest", "compare"), ["source", "absent", []])
  })

  it("a manifest that is cut off cannot be read", () => {
    const { root, write } = install()
    write("dist/manifest.json", '{"v":1')
    assert.deepStrictEqual(follow(root, "manifest"), ["unreadable"])
  })
})
