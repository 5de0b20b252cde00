import { spawnSync } from "node:child_process"
import { createHash } from "node:crypto"
import {
  appendFileSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync
} from "node:fs"
import { tmpdir } from "node:os"
import { basename, dirname, join, resolve } from "node:path"
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

interface Started {
  /** Program that Node was started with, from the root of the package. */
  readonly entry?: string
  readonly node?: string
}

const followFrom = (
  { entry = "bin/comporta.js", node = process.execPath }: Started,
  root: string,
  ...steps: ReadonlyArray<string>
): ReadonlyArray<unknown> => {
  const { stdout, stderr } = spawnSync(node, [program, root, entry, ...steps], { encoding: "utf8" })
  return stdout === "" ? assert.fail(stderr) : JSON.parse(stdout)
}

const follow = (root: string, ...steps: ReadonlyArray<string>) => followFrom({}, root, ...steps)

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
    assert.deepStrictEqual(followFrom({ entry: "dist/main.js" }, root, "compare"), [
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

  it("G39 a built program whose manifest was deleted does not count as one that runs from source", () => {
    const { root } = install()
    rmSync(join(root, "dist/manifest.json"))
    assert.deepStrictEqual(follow(root, "release", "manifest"), ["source", "unreadable"])
  })

  it("G39 a program outside of the package that starts the gateway is found, since it was loaded before any check", () => {
    const { root, write } = install()
    write("wrapper.js", "import './dist/main.js'")
    assert.deepStrictEqual(followFrom({ entry: "wrapper.js" }, root, "compare"), [
      [{ path: "wrapper.js", found: "additional" }]
    ])
  })

  it("G39 a link to the program of the package is no other program, and a link to its built folder is", () => {
    const [{ root }, other] = [install(), install()]
    symlinkSync(join(root, "bin/comporta.js"), join(root, "comporta"))
    assert.deepStrictEqual(followFrom({ entry: "comporta" }, root, "compare"), [[]])
    rmSync(join(other.root, "dist"), { recursive: true })
    symlinkSync(join(root, "dist"), join(other.root, "dist"))
    const path = `../${basename(other.root)}/bin/comporta.js`
    assert.deepInclude(followFrom({}, other.root, "compare").flat(), { path, found: "additional" })
  })

  it("G39 a native addon that was loaded before the boot check is found, and none is loaded after it", () => {
    const { root, write } = install()
    write("node_modules/helper.node", "native")
    const [early, found, reported, late] = follow(
      root,
      "native=node_modules/helper.node",
      "compare",
      "native=node_modules/helper.node"
    )
    assert.match(String(early), /file too short/)
    assert.deepStrictEqual(found, [{ path: "node_modules/helper.node", found: "additional" }])
    assert.deepStrictEqual(reported, { reported: "node_modules/helper.node" })
    assert.match(String(late), /^node_modules\/helper\.node is not the file/)
  })

  it.runIf(existsSync("/proc/self/exe"))(
    "G39 the digest of Node is that of the binary that runs, also once another one has its place",
    () => {
      const { root, write } = install()
      const node = join(root, "node")
      copyFileSync(process.execPath, node)
      const digest = sha256(readFileSync(node))
      write("other", "another binary")
      assert.deepStrictEqual(followFrom({ node }, root, "node", "replace-node=other", "node"), [digest, digest])
    }
  )

  it("a manifest that is cut off cannot be read", () => {
    const { root, write } = install()
    write("dist/manifest.json", '{"v":1')
    assert.deepStrictEqual(follow(root, "manifest"), ["unreadable"])
  })
})
