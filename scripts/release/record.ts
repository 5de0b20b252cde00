import { readdirSync, readFileSync, statSync } from "node:fs"
import { join } from "node:path"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { jsonIn } from "../../src/domain/parse-json.ts"
import { BuildRecord, connectorsOf } from "../../src/release/build-record.ts"
import { manifestBytes, readManifest } from "../../src/release/manifest.ts"
import { BuildReport } from "../image/build-report.ts"
import { sha256 } from "../sha256.ts"
import { CheckSummary, countsIn, suiteOf, TestSummary } from "./results.ts"

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

const refused = (message: string) => Effect.fail(new NoRecord({ message }))

/** Runs synchronous work on files. What it throws becomes a typed failure. */
export const onFiles = <A>(work: () => A): Effect.Effect<A, NoRecord> =>
  Effect.try({ try: work, catch: (error) => new NoRecord({ message: String(error) }) })

const bytesOf = (path: string) =>
  Effect.mapError(
    onFiles(() => readFileSync(path)),
    () => new NoRecord({ message: `expected a readable file, found none: ${path}` })
  )

const textOf = (path: string) => Effect.map(bytesOf(path), (bytes) => bytes.toString("utf8"))

const parsed = <A>(schema: Schema.Decoder<A>, path: string, text: string): Effect.Effect<A, NoRecord> =>
  Result.match(Schema.decodeUnknownResult(schema)(jsonIn(text)), {
    onSuccess: (found) => Effect.succeed(found),
    onFailure: () => refused(`${path}: a member is missing or has another type`)
  })

const read = <A>(schema: Schema.Decoder<A>, path: string): Effect.Effect<A, NoRecord> =>
  Effect.flatMap(textOf(path), (text) => parsed(schema, path, text))

/** Reads the manifest of a release, with its digest. */
const releaseOf = Effect.fnUntraced(function* (path: string) {
  const manifest = readManifest(yield* textOf(path))
  if (manifest === undefined) return yield* refused(`${path}: expected the manifest of a release, found another file`)
  const bytes = manifestBytes(manifest)
  if (Result.isFailure(bytes)) return yield* refused(`${path}: not canonical`)
  const { components, node, version } = manifest
  return { path, version, components, node, digest: sha256(bytes.success) }
})

const PackageFile = Schema.Struct({
  version: Schema.String,
  engines: Schema.Struct({ node: Schema.String }),
  optionalDependencies: Schema.Record(Schema.String, Schema.String)
})

/** Reads the versions of Node that the repository names. */
const nodeOf = Effect.fnUntraced(function* (root: string, { engines, optionalDependencies }: typeof PackageFile.Type) {
  const dockerfile = /\bnode:(\d+\.\d+\.\d+)/.exec(yield* textOf(join(root, "Dockerfile")))?.[1]
  if (dockerfile === undefined) return yield* refused("Dockerfile: expected a base `node:` with a whole version")
  const packages = Object.entries(optionalDependencies).filter(([name]) => /^node-[a-z]+-[a-z0-9]+$/.test(name))
  return { engines: engines.node, dockerfile, packages: Object.fromEntries(packages) }
})

/** Reads the builds of a file: one line of JSON for each, as `npm run image -- --json` prints them. */
const buildsIn = Effect.fnUntraced(function* (path: string) {
  const lines = (yield* textOf(path)).split("\n").filter((line) => line.trim() !== "")
  return yield* Effect.forEach(lines, (line) =>
    Effect.map(parsed(BuildReport, path, line), (build) => ({ ...build, path }))
  )
})

const isSameBuild = (one: typeof BuildReport.Type, other: typeof BuildReport.Type) =>
  one.platform === other.platform && one.startedAt === other.startedAt

const fileIn = (folder: string, name: string) => Effect.map(bytesOf(join(folder, name)), sha256)

const resultsOf = Effect.fnUntraced(function* (root: string, folder: string, connectors: ReadonlyArray<string>) {
  const summary = (name: string) => read(TestSummary, join(folder, `${name}.json`))
  const test = yield* summary("test")
  const faults = yield* summary("faults")
  const { steps } = yield* read(CheckSummary, join(folder, "check.json"))
  return {
    check: { steps, file: yield* fileIn(folder, "check.json") },
    test: { ...countsIn(test), file: yield* fileIn(folder, "test.json") },
    faults: { ...countsIn(faults), file: yield* fileIn(folder, "faults.json") },
    conformance: yield* onFiles(() => Object.fromEntries(connectors.map((id) => [id, suiteOf(root, id, test)])))
  }
})

/** Name of the record in the folder of the published files. */
export const recordName = "build-record.json"
const sbomName = "sbom.spdx.json"

/** Lists the published files, without the record itself. */
const publishedIn = (folder: string) =>
  onFiles(() =>
    readdirSync(folder)
      .filter((name) => name !== recordName && statSync(join(folder, name)).isFile())
      .toSorted()
  )

/** Makes a build record from files. */
export const recordFrom = Effect.fnUntraced(function* (input: RecordInput): Effect.fn.Return<BuildRecord, NoRecord> {
  const { commit, folder, root } = input
  const packageFile = yield* read(PackageFile, join(root, "package.json"))
  const { version } = packageFile
  const releases = yield* Effect.forEach(input.manifests, releaseOf)
  const builds = (yield* Effect.forEach(input.builds, buildsIn)).flat()
  const otherVersion = releases.find((one) => one.version !== version)
  if (otherVersion !== undefined)
    return yield* refused(`${otherVersion.path}: expected version ${version}, found another`)
  const otherCommit = builds.find((one) => one.commit !== commit)
  if (otherCommit !== undefined)
    return yield* refused(`${otherCommit.path}: expected a build of commit ${commit}, found another`)
  const copied = builds.find((one, at) => builds.findIndex((other) => isSameBuild(one, other)) < at)
  if (copied !== undefined)
    return yield* refused(`${copied.path}: expected another build, found the report of one that was given already`)
  const platforms = yield* Effect.forEach(releases, ({ components, digest, node: { platform, ...node }, path }) => {
    const build = builds.find((one) => one.platform === platform)
    return build === undefined
      ? refused(`${path}: there is no build of ${platform}`)
      : Effect.succeed([platform, { manifest: digest, components, node, image: build.image }] as const)
  })
  const { spdxVersion } = yield* read(Schema.Struct({ spdxVersion: Schema.String }), join(folder, sbomName))
  const connectors = connectorsOf(releases.map(({ components }) => components))
  const files = yield* Effect.forEach(yield* publishedIn(folder), (name) =>
    Effect.map(fileIn(folder, name), (digest) => [name, digest] as const)
  )
  const record = {
    version,
    commit,
    recordedAt: input.recordedAt,
    platforms: Object.fromEntries(platforms),
    builds: builds.map(({ builder, image, manifest, platform }) => ({ builder, image, manifest, platform })),
    node: yield* nodeOf(root, packageFile),
    results: input.pending ? "pending" : yield* resultsOf(root, folder, connectors),
    sbom: { format: spdxVersion, file: yield* fileIn(folder, sbomName) },
    files: Object.fromEntries(files)
  }
  return yield* Effect.mapError(
    Schema.decodeUnknownEffect(BuildRecord)(record),
    (error) => new NoRecord({ message: `the record: ${String(error)}` })
  )
})
