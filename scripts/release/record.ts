import { readdirSync, readFileSync, statSync } from "node:fs"
import { basename, join } from "node:path"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { jsonIn } from "../../src/domain/parse-json.ts"
import { BuildRecord } from "../../src/release/build-record.ts"
import { manifestBytes, readManifest } from "../../src/release/manifest.ts"
import { CheckSummary, countsIn, sha256, suiteOf, TestSummary } from "./results.ts"

/** What a build of an image prints with `--json`. */
const BuildFacts = Schema.Struct({
  builder: Schema.String,
  builderVersion: Schema.String,
  commit: Schema.String,
  platform: Schema.String,
  image: Schema.String,
  /** Digest of the manifest in the image. */
  manifest: Schema.optionalKey(Schema.String)
})

/** Files that a record is made from. */
export interface RecordInput {
  readonly root: string
  readonly commit: string
  readonly recordedAt: number
  readonly manifests: ReadonlyArray<string>
  readonly builds: ReadonlyArray<string>
  /** Folder of the published files. */
  readonly folder: string
  readonly pending: boolean
}

/** A file that is missing or contradicts another one. The message is a sentence. */
export class NoRecord extends Data.TaggedError("NoRecord")<{ readonly message: string }> {}

const fail = (message: string): never => {
  throw new NoRecord({ message })
}

/** Returns the text of a file. */
const textOf = (path: string): string => {
  try {
    return readFileSync(path, "utf8")
  } catch {
    return fail(`expected a readable file, found none: ${path}`)
  }
}

const read = <A>(schema: Schema.Decoder<A>, path: string): A =>
  Result.getOrElse(Schema.decodeUnknownResult(schema)(jsonIn(textOf(path))), () =>
    fail(`${path}: a member is missing or has another type`)
  )

/** Returns a manifest with the digest of its release. */
const releaseOf = (path: string) => {
  const read = readManifest(textOf(path)) ?? fail(`${path}: expected the manifest of a release, found another file`)
  return {
    ...read,
    path,
    manifest: sha256(Result.getOrElse(manifestBytes(read), () => fail(`${path}: not canonical`)))
  }
}

const architectures: Readonly<Record<string, string>> = { amd64: "x64" }

/** Returns the platform of an image as the manifest names it: `linux/amd64` is `linux-x64`. */
const platformOf = (image: string): string => {
  const [system = "", architecture = ""] = image.split("/")
  return `${system}-${architectures[architecture] ?? architecture}`
}

const PackageFile = Schema.Struct({
  version: Schema.String,
  engines: Schema.Struct({ node: Schema.String }),
  optionalDependencies: Schema.Record(Schema.String, Schema.String)
})

const nodeOf = (root: string) => {
  const { engines, optionalDependencies } = read(PackageFile, join(root, "package.json"))
  const dockerfile = /\bnode:(\d+\.\d+\.\d+)/.exec(textOf(join(root, "Dockerfile")))?.[1]
  const packages = Object.fromEntries(
    Object.entries(optionalDependencies).filter(([name]) => /^node-[a-z]+-[a-z0-9]+$/.test(name))
  )
  return {
    engines: engines.node,
    dockerfile: dockerfile ?? fail("Dockerfile: expected a base `node:` with a whole version"),
    packages
  }
}

const fileIn = (folder: string, name: string) => sha256(readFileSync(join(folder, name)))

const resultsOf = (root: string, folder: string, connectors: ReadonlyArray<string>) => {
  const runs = (name: string) => read(TestSummary, join(folder, `${name}.json`))
  const run = (name: string) => ({ ...countsIn(runs(name)), file: fileIn(folder, `${name}.json`) })
  const { steps } = read(CheckSummary, join(folder, "check.json"))
  const test = runs("test")
  return {
    check: { steps, file: fileIn(folder, "check.json") },
    test: run("test"),
    faults: run("faults"),
    conformance: Object.fromEntries(connectors.map((id) => [id, suiteOf(root, id, test)]))
  }
}

/** Name of the record in the folder of the published files. */
export const recordName = "build-record.json"
const sbomName = "sbom.spdx.json"

const assemble = (input: RecordInput): BuildRecord => {
  const { commit, folder, root } = input
  const releases = input.manifests.map(releaseOf)
  const builds = input.builds.map((path) => ({ ...read(BuildFacts, path), path }))
  const { version } = read(PackageFile, join(root, "package.json"))
  for (const one of releases)
    if (one.version !== version) fail(`${one.path}: expected version ${version}, found another`)
  for (const one of builds)
    if (one.commit !== commit) fail(`${one.path}: expected a build of commit ${commit}, found another`)
  const platforms = releases.map(({ components, manifest, node, path }) => {
    const first = builds.find(({ platform }) => platformOf(platform) === node.platform)
    const image = first === undefined ? fail(`${path}: there is no build of ${node.platform}`) : first.image
    return [
      node.platform,
      { manifest, components, node: { version: node.version, digest: node.digest }, image }
    ] as const
  })
  const released = new Map(platforms)
  const recordedBuilds = builds.map(({ builder, builderVersion, image, manifest, path, platform }) => {
    const own = released.get(platformOf(platform))
    // Equal images contain equal manifests.
    const known = manifest ?? (own?.image === image ? own.manifest : undefined)
    return {
      builder: { name: builder, version: builderVersion },
      platform: platformOf(platform),
      image,
      manifest: known ?? fail(`${path}: names no manifest, and its image is not the released one`)
    }
  })
  const connectors = [
    ...new Set(
      releases.flatMap(({ components }) =>
        Object.keys(components).flatMap((name) => (name.startsWith("connector:") ? [name.slice(10)] : []))
      )
    )
  ]
  const names = readdirSync(folder)
    .filter((name) => name !== recordName && statSync(join(folder, name)).isFile())
    .toSorted()
  const [one, ...more] = recordedBuilds
  const { spdxVersion } = read(Schema.Struct({ spdxVersion: Schema.String }), join(folder, sbomName))
  const record = {
    version,
    commit,
    recordedAt: input.recordedAt,
    platforms: Object.fromEntries(platforms),
    builds: one === undefined ? fail("there is no build") : [one, ...more],
    node: nodeOf(root),
    results: input.pending ? "pending" : resultsOf(root, folder, connectors),
    sbom: { format: spdxVersion, file: fileIn(folder, sbomName) },
    files: Object.fromEntries(names.map((name) => [basename(name), fileIn(folder, name)]))
  }
  return Result.getOrElse(Schema.decodeUnknownResult(BuildRecord)(record), (error) =>
    fail(`the record: ${String(error)}`)
  )
}

const isNoRecord = (error: unknown): error is NoRecord => error instanceof NoRecord

/** Runs synchronous work on files. Its own faults become typed failures, and others are sentences about the file. */
export const onFiles = <A>(work: () => A): Effect.Effect<A, NoRecord> =>
  Effect.try({
    try: work,
    catch: (error) => (isNoRecord(error) ? error : new NoRecord({ message: String(error) }))
  })

/** Makes a build record from files. */
export const recordFrom = (input: RecordInput): Effect.Effect<BuildRecord, NoRecord> => onFiles(() => assemble(input))
