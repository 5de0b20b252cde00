import * as Schema from "effect/Schema"
import type { PredicateKind, StatementSubject } from "../attestation/statement.ts"
import { Sha256 } from "../domain/sha256.ts"

const Word = Schema.String.check(Schema.isPattern(/^[A-Za-z0-9][A-Za-z0-9 ._+:@/-]{0,127}$/))
const Count = Schema.Int.check(Schema.isGreaterThanOrEqualTo(0))
const Instant = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 8_640_000_000_000_000 }))

/** Operating system and architecture, as the manifest names them. */
const Platform = Schema.String.check(Schema.isPattern(/^[a-z0-9]{1,16}-[a-z0-9]{1,16}$/))
const Component = Schema.String.check(
  Schema.isPattern(/^(core|storage|connector:[a-z][a-z0-9-]{0,31}|[a-z][a-z0-9-]{0,31})$/)
)
const FileName = Schema.String.check(Schema.isPattern(/^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/))

/** Counts of a run of tests, and the digest of the file that the run wrote. */
const Run = Schema.Struct({ passed: Count, failed: Count, skipped: Count, file: Sha256 })
export type TestRun = typeof Run.Type

/** Contract suites of a connector: the digest of their source, and their counts in the run `test`. */
const Suite = Schema.Struct({ digest: Sha256, passed: Count, failed: Count, skipped: Count })

const Results = Schema.Struct({
  /** Steps of `npm run check`, with their results. */
  check: Schema.Struct({
    steps: Schema.Record(Word, Schema.Literals(["passed", "failed"])),
    file: Sha256
  }),
  test: Run,
  faults: Run,
  /** Contract suites by the id of the connector. */
  conformance: Schema.Record(Word, Suite)
})
export type TestResults = typeof Results.Type

const ReleasedPlatform = Schema.Struct({
  /** Digest of the canonical JSON of the manifest: the digest of the release. */
  manifest: Sha256,
  components: Schema.Record(Component, Sha256),
  node: Schema.Struct({ version: Word, digest: Sha256 }),
  /** Digest of the image for this platform. */
  image: Sha256
})

/** One build of the image of one platform. */
export const Build = Schema.Struct({
  builder: Schema.Struct({ name: Word, version: Word }),
  platform: Platform,
  image: Sha256,
  manifest: Sha256
})
export type RecordedBuild = typeof Build.Type

/** Facts about one release, from its commit to its tests. The key of the build signs them. */
export const BuildRecord = Schema.Struct({
  version: Word,
  commit: Schema.String.check(Schema.isPattern(/^[0-9a-f]{40}([0-9a-f]{24})?$/)),
  /** Time by the clock of the machine that made the record. Nothing proves it. */
  recordedAt: Instant,
  platforms: Schema.Record(Platform, ReleasedPlatform),
  builds: Schema.NonEmptyArray(Build),
  /** Version of Node that each place of the repository names. */
  node: Schema.Struct({ engines: Word, dockerfile: Word, packages: Schema.Record(Word, Word) }),
  /** `pending` when the release cannot wait for its tests. */
  results: Schema.Union([Schema.Literal("pending"), Results]),
  /** List of the components that the program contains, in SPDX. */
  sbom: Schema.Struct({ format: Word, file: Sha256 }),
  /** Every file that is published beside the record, by its name. */
  files: Schema.Record(FileName, Sha256)
})
export type BuildRecord = typeof BuildRecord.Type

/** Returns the connectors that components name, without repetition. */
export const connectorsOf = (components: ReadonlyArray<Readonly<Record<string, Sha256>>>): ReadonlyArray<string> => [
  ...new Set(
    components.flatMap((each) =>
      Object.keys(each).flatMap((name) => (name.startsWith("connector:") ? [name.slice("connector:".length)] : []))
    )
  )
]

/** The statement that a build record is. */
export const buildRecordKind: PredicateKind<BuildRecord> = {
  family: "urn:comporta:build-record",
  version: 1,
  schema: BuildRecord
}

const subject = (name: string, digest: Sha256): StatementSubject => ({
  name,
  digest: { sha256: digest.slice("sha256:".length) }
})

/** Returns the subjects of a build record: image and manifest of each platform, in the order of the platforms' names. */
export const recordSubjects = ({
  platforms
}: {
  readonly platforms: Readonly<Record<string, { readonly image: Sha256; readonly manifest: Sha256 }>>
}): ReadonlyArray<StatementSubject> =>
  Object.entries(platforms)
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .flatMap(([platform, { image, manifest }]) => [
      subject(`image/${platform}`, image),
      subject(`manifest/${platform}`, manifest)
    ])
