import { readdir, readFile, stat, writeFile } from "node:fs/promises"
import { join, resolve } from "node:path"
import process from "node:process"
import * as Result from "effect/Result"
import { VERSION as bundler } from "rolldown"
import { canonicalBytes } from "../../src/attestation/canonical-json.ts"
import type { Json } from "../../src/domain/json.ts"
import { isInert, type Manifest, manifestBytes, manifestPath } from "../../src/release/manifest.ts"
import { sha256 } from "../sha256.ts"
import { componentModules, type ModuleGraph } from "./components.ts"
import { bareCode } from "./module-graph.ts"

/** The Node binary that a build is for. */
export interface NodeBinary {
  readonly path: string
  readonly version: string
  readonly platform: string
}

/** Returns the Node binary that runs the build. */
export const runningNode = (): NodeBinary => ({
  path: process.execPath,
  version: process.versions.node,
  platform: `${process.platform}-${process.arch}`
})

/** A build: the repository, the folder that was built, the graph of its modules and the Node that will run it. */
export interface Built {
  readonly root: string
  readonly output: string
  readonly graph: ModuleGraph
  readonly node: NodeBinary
}

const digestOf = (value: Json): string => sha256(Result.getOrThrow(canonicalBytes(value)))

/** Returns the files below a path of the package. Returns none when the path does not exist. */
const filesBelow = async (at: string, path: string): Promise<ReadonlyArray<string>> => {
  const kind = await stat(at).catch(() => undefined)
  if (kind === undefined) return []
  if (!kind.isDirectory()) return [path]
  const names = (await readdir(at)).toSorted()
  const found = await Promise.all(names.map((name) => filesBelow(join(at, name), `${path}/${name}`)))
  return found.flat()
}

const sorted = <A>(entries: Iterable<readonly [string, A]>): Readonly<Record<string, A>> =>
  Object.fromEntries([...entries].toSorted(([left], [right]) => (left < right ? -1 : 1)))

/** Members of `package.json` that Node or npm reads when the program is started. */
const started = new Set(["name", "version", "type", "main", "bin", "imports", "exports", "engines"])

/** Returns the manifest of a build. The `files` of `package.json` name what the package ships. */
export const manifestOf = async ({ root, output, graph, node }: Built): Promise<Manifest> => {
  const text = await readFile(join(root, "package.json"), "utf8")
  const described: Readonly<Record<string, Json>> = JSON.parse(text)
  const shipped: ReadonlyArray<string> = JSON.parse(text).files
  const place = (path: string) => (path.startsWith("dist/") ? resolve(output, path.slice(5)) : resolve(root, path))
  const found = await Promise.all(
    ["package.json", ...shipped].map((path) => filesBelow(path === "dist" ? output : place(path), path))
  )
  const paths = found.flat().filter((path) => path !== manifestPath)
  const contents = new Map(await Promise.all(paths.map(async (path) => [path, await readFile(place(path))] as const)))
  const digest = sha256(await readFile(node.path))
  const scripts = [...contents].flatMap(([path, bytes]) =>
    path.startsWith("dist/") || path === "package.json" || isInert(path)
      ? []
      : [[path, sha256(bareCode(path, bytes.toString("utf8")))] as const]
  )
  const beside: Readonly<Record<string, Json>> = {
    bundler,
    node: { version: node.version, platform: node.platform, digest },
    package: sorted(Object.entries(described).filter(([name]) => started.has(name))),
    scripts: sorted(scripts)
  }
  const components = [...componentModules(graph)].map(([name, modules]) => {
    const code = sorted([...modules].map((one) => [one, graph.modules.get(one)?.digest ?? ""] as const))
    return [name, digestOf(name === "core" ? { ...beside, modules: code } : { modules: code })] as const
  })
  return {
    v: 1,
    version: String(described["version"]),
    node: { version: node.version, platform: node.platform, digest },
    files: sorted([...contents].map(([path, bytes]) => [path, sha256(bytes)] as const)),
    components: sorted(components),
    inert: paths.filter(isInert).toSorted()
  }
}

/** Writes the manifest of a build beside its bundle. The digest of the file is the release. */
export const writeManifest = async (built: Built): Promise<void> => {
  const manifest = await manifestOf(built)
  await writeFile(join(built.output, "manifest.json"), Result.getOrThrow(manifestBytes(manifest)))
}
