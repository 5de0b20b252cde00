import { execFile } from "node:child_process"
import { chmod, readdir, readFile, rm, writeFile } from "node:fs/promises"
import { isBuiltin } from "node:module"
import { dirname, join, relative, resolve } from "node:path"
import { fileURLToPath } from "node:url"
import { parseArgs, promisify } from "node:util"
import { type Plugin, rolldown, type RolldownOutput } from "rolldown"
import { bundled as bundlePage } from "../layers/browser/bundle.ts"
import { runningNode, writeManifest } from "./manifest/manifest.ts"
import { graphCollector } from "./manifest/module-graph.ts"
import { noticesOf } from "./notices.ts"

const root = resolve(dirname(fileURLToPath(import.meta.url)), "..")

/** Packages that `ws` and `debug` use where they are installed. The program is the same wherever it is installed. */
const optional = new Set(["bufferutil", "utf-8-validate", "supports-color"])

const product = "src/main.ts"
/** The program, which the product loads once libraries can no longer write output. A separate file keeps them unloaded before. */
const program = "src/app/main-layers.ts"
/** `--node` and `--platform` name a Node of another platform, which the build does not run: `bin/node linux-arm64`. */
const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { node: { type: "string" }, platform: { type: "string" } }
})
const [entry = product, folder = "dist"] = positionals
const output = resolve(root, folder)

const { plugin: graphed, graph } = graphCollector(root)

const programBeside: Plugin = {
  name: "program-beside",
  resolveId: (id, importer) =>
    id === "./app/main-layers.ts" && importer === resolve(root, product) ? { id: "./program.js", external: true } : null
}

/** Bundles each optional package as one that is not installed. */
const withoutOptional: Plugin = {
  name: "without-optional",
  resolveId: (id) => (optional.has(id) ? `\0${id}` : null),
  load: (id) => (optional.has(id.slice(1)) ? `throw new Error("not installed")\nmodule.exports = undefined` : null)
}

/** Refuses a bundle that loads a module from outside of it: Node would search every folder above it. */
const refuseOutside = (written: RolldownOutput) => {
  for (const { code, fileName } of written.output.filter((one) => one.type === "chunk")) {
    const asked = [...code.matchAll(/\b__require\("([^"]+)"\)/g)].flatMap(([, name = ""]) =>
      isBuiltin(name) ? [] : [name]
    )
    if (asked.length > 0) throw new Error(`${fileName} requires ${asked.join(", ")}, which is not in the bundle`)
  }
}

/** Every file that is bundled. */
const contained = new Set<string>()

/** Bundles a page at build time, not when the program runs. */
const pages: Plugin = {
  name: "pages",
  load: async (id) => {
    if (id !== resolve(root, "layers/browser/lab-page.ts")) return null
    const { page, modules } = await bundlePage("lab")
    for (const file of modules) contained.add(file)
    return `import * as Effect from "effect/Effect"\nexport const labPage = Effect.succeed(${JSON.stringify(page)})\n`
  }
}

/** Returns the path of a source as a map in `dist` has it. The output folder does not change it. */
const fromDist = (source: string, map: string): string => {
  const place = resolve(root, "dist", relative(output, map))
  return relative(dirname(place), resolve(dirname(map), source))
}

/** Writes one readable file for each entry, and its lazily loaded chunks beside it. */
const write = async (input: Record<string, string>, external: ReadonlyArray<string | RegExp>) => {
  await using bundle = await rolldown({
    cwd: root,
    input,
    platform: "node",
    external: [...external],
    plugins: [pages, programBeside, withoutOptional, graphed],
    onLog: (level, log, handle) => handle(log.code === "UNRESOLVED_IMPORT" ? "error" : level, log)
  })
  const written = await bundle.write({
    dir: output,
    format: "esm",
    minify: false,
    sourcemap: true,
    sourcemapPathTransform: fromDist,
    entryFileNames: "[name].js",
    chunkFileNames: "chunks/[name]-[hash].js"
  })
  refuseOutside(written)
  for (const chunk of written.output) {
    if (chunk.type === "chunk") for (const file of chunk.moduleIds) contained.add(file)
  }
}

/** Writes the client library with its types. The client is self-contained; its layer uses the importer's `effect`. */
const writeClient = async () => {
  const source = (name: string) => resolve(root, "src/client", name)
  await write({ client: source("index.ts") }, [])
  await write({ "client-effect": source("effect.ts") }, [/^effect\//])
  const flags =
    "--ignoreConfig --declaration --emitDeclarationOnly --allowImportingTsExtensions --skipLibCheck --strict"
  const target = "--module nodenext --target es2024 --lib es2024 --types node"
  const files = [source("index.ts"), source("effect.ts")]
  const tsc = resolve(root, "node_modules/.bin/tsc")
  const args = [...flags.split(" "), ...target.split(" "), "--outDir", resolve(output, "client"), ...files]
  await promisify(execFile)(tsc, args)
}

/** Sets the mode of each built file, which then does not depend on the umask. */
const setModes = async () => {
  const entries = await readdir(output, { recursive: true, withFileTypes: true })
  const changed = entries.map((one) => chmod(join(one.parentPath, one.name), one.isDirectory() ? 0o755 : 0o644))
  await Promise.all([chmod(output, 0o755), ...changed])
}

/** Returns the Node binary that the options name, else that which runs the build. */
const nodeBinary = async () => {
  const { node, platform } = values
  if (node === undefined || platform === undefined) return runningNode()
  const { engines } = JSON.parse(await readFile(resolve(root, "package.json"), "utf8"))
  return { path: resolve(root, node), version: String(engines.node), platform }
}

await rm(output, { recursive: true, force: true })
await write({ main: resolve(root, entry) }, [])
if (entry === product) {
  await write({ program: resolve(root, program) }, [])
  await writeClient()
}
await writeFile(resolve(output, "THIRD-PARTY-NOTICES.txt"), await noticesOf(contained))
if (entry === product) await writeManifest({ root, output, graph: graph(), node: await nodeBinary() })
await setModes()
