import { appendFileSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { afterAll, assert, describe, it } from "@effect/vitest"
import { rolldown } from "rolldown"
import { manifestOf, type NodeBinary } from "../../scripts/manifest/manifest.ts"
import { graphCollector } from "../../scripts/manifest/module-graph.ts"

const base = realpathSync(mkdtempSync(join(tmpdir(), "comporta-independence-")))
afterAll(() => rmSync(base, { recursive: true, force: true }))

const write = (root: string, path: string, text: string) => {
  mkdirSync(dirname(join(root, path)), { recursive: true })
  writeFileSync(join(root, path), text)
}

/** A program with two connectors, a store and a package, in the folders of this repository. */
const files: Readonly<Record<string, string>> = {
  "package.json": '{"version":"1.0.0","type":"module","files":["bin","dist","LICENSE"],"devDependencies":{"a":"1"}}',
  LICENSE: "licence",
  "bin/comporta.js": "import('../dist/main.js')\n",
  "src/main.ts":
    'import { ids } from "./ids.ts"\nimport { store } from "../layers/redis/store.ts"\n' +
    'import { whatsapp } from "../plugins/whatsapp/index.ts"\nimport { instagram } from "../plugins/instagram/index.ts"\n' +
    "console.log(ids, store, whatsapp, instagram)\n",
  "src/ids.ts": "export const ids: ReadonlyArray<number> = [1]\n",
  "layers/redis/store.ts": 'import { client } from "ioredis"\nexport const store = [client]\n',
  "node_modules/ioredis/package.json": '{"name":"ioredis","version":"1.0.0","type":"module","main":"index.js"}',
  "node_modules/ioredis/index.js": "export const client = 1\n",
  "plugins/meta/graph.ts": "export const graph = 1\n",
  "plugins/whatsapp/index.ts": 'import { graph } from "../meta/graph.ts"\nexport const whatsapp = [graph]\n',
  "plugins/instagram/index.ts": 'import { text } from "./text.ts"\nexport const instagram = [text]\n',
  "plugins/instagram/text.ts": "export const text = 1\n"
}

let count = 0
/** Builds a copy of the program after a change, and returns its manifest. */
const built = async (change: (root: string) => void = () => undefined, given: Partial<NodeBinary> = {}) => {
  const root = join(base, "x/".repeat(count % 3), String(count++))
  for (const [path, text] of Object.entries(files)) write(root, path, text)
  write(root, "node", "node")
  change(root)
  const { graph, plugin } = graphCollector(root)
  await using bundle = await rolldown({
    cwd: root,
    input: join(root, "src/main.ts"),
    plugins: [plugin],
    platform: "node"
  })
  await bundle.write({ dir: join(root, "dist"), entryFileNames: "main.js", sourcemap: true })
  const node = { path: join(root, "node"), version: "24.21.0", platform: "linux-x64", ...given }
  return manifestOf({ root, output: join(root, "dist"), graph: graph(), node })
}

const moved = async (change: (root: string) => void, given: Partial<NodeBinary> = {}) => {
  const [before, after] = [await built(), await built(change, given)]
  assert.sameMembers(Object.keys(before.components), Object.keys(after.components))
  assert.notDeepEqual(before, after)
  return Object.keys(before.components).filter((name) => before.components[name] !== after.components[name])
}

const appended = (path: string, text: string) => (root: string) => appendFileSync(join(root, path), text)

describe("components of a build", () => {
  it("G39 two builds in two folders have the same manifest", async () => {
    assert.deepStrictEqual(await built(), await built())
  })

  it.each([
    ["a licence", "LICENSE", "!", []],
    ["a dependency of development", "package.json", " ", []],
    ["a file of a connector", "plugins/instagram/text.ts", "export const more = 1\n", ["connector:instagram"]],
    ["a file that connectors share", "plugins/meta/graph.ts", "export const more = 1\n", ["connector:whatsapp"]],
    ["a file of the store", "layers/redis/store.ts", "export const more = 1\n", ["storage"]],
    ["a package of the store", "node_modules/ioredis/index.js", "export const more = 1\n", ["storage"]],
    ["a file of the core", "src/ids.ts", "export const more = 1\n", ["core"]],
    ["the file that starts the program", "bin/comporta.js", "console.log(1)\n", ["core"]]
  ] as const)(
    "G39 a change of %s moves the release and its own components alone",
    async (_, path, text, components) => {
      assert.deepStrictEqual(await moved(appended(path, text)), [...components])
    }
  )

  it("G39 a changed comment moves the release, whose source map has it, and no component", async () => {
    assert.deepStrictEqual(await moved(appended("plugins/instagram/index.ts", "// A comment.\n")), [])
  })

  it("G39 another version of the package moves the core alone, as does another Node binary", async () => {
    const version = (root: string) =>
      write(root, "package.json", (files["package.json"] ?? "").replace("1.0.0", "1.0.1"))
    assert.deepStrictEqual(await moved(version), ["core"])
    assert.deepStrictEqual(await moved((root) => write(root, "node", "another node")), ["core"])
    assert.deepStrictEqual(await moved(() => undefined, { platform: "linux-arm64" }), ["core"])
  })
})
