import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Result from "effect/Result"
import type { CryptoError } from "effect/crypto/CryptoError"
import type * as Signature from "effect/crypto/Signature"
import { openAttestation } from "../attestation/statement.ts"
import type { BuildFacts } from "../gate/judge/situation.ts"
import type { Sha256 } from "../gate/words.ts"
import { type BuildRecord, buildRecordKind, connectorsOf } from "../release/build-record.ts"
import { equalBuilds, namesItsSubjects, nodeVersions, stateOfResults, unequalBuilds } from "../release/record-facts.ts"
import { signerAt, type Trust, trustKeysOf } from "./trust.ts"

/** Facts of builds by the digest of their manifest. */
export type Builds = Readonly<Record<Sha256, BuildFacts>>

/** A file with a build record that does not count. The message names the file and holds nothing of the record. */
export class BuildRefused extends Data.TaggedError("BuildRefused")<{
  readonly path: string
  readonly problem: string
}> {
  override get message() {
    return `${this.path}: ${this.problem}`
  }
}

/** Returns the facts of a verified build record, for the manifest of each platform. */
export const buildFactsOf = (record: BuildRecord): Builds => {
  const differing = new Set(unequalBuilds(record).map(({ platform }) => platform))
  const common = {
    recordedAt: record.recordedAt,
    versionsAgree: nodeVersions(record).size === 1,
    results: stateOfResults(record),
    suites: record.results === "pending" ? {} : record.results.conformance
  }
  return Object.fromEntries(
    Object.entries(record.platforms).flatMap(([platform, { components, manifest }]) => {
      const { core, storage } = components
      if (core === undefined || storage === undefined) return []
      const connectors = Object.fromEntries(
        connectorsOf([components]).flatMap((id) => {
          const digest = components[`connector:${id}`]
          return digest === undefined ? [] : [[id, digest]]
        })
      )
      const equal = differing.has(platform) ? 0 : equalBuilds(record, platform).length
      return [[manifest, { ...common, core, storage, connectors, equalBuilds: equal }]]
    })
  )
}

/** Reads a build record. A key with the role `build` must have signed it, at a time at which that key may sign. */
export const openBuild = Effect.fnUntraced(function* (
  text: string,
  path: string,
  trust: Trust
): Effect.fn.Return<BuildRecord, BuildRefused | CryptoError, Signature.Signature> {
  const keys = trustKeysOf(trust, "build")
  if (keys.length === 0)
    return yield* new BuildRefused({
      path,
      problem: "expected a key with the role build in the trust file, found none"
    })
  const opened = yield* openAttestation(
    buildRecordKind,
    text,
    keys.map(({ key }) => key)
  ).pipe(Effect.catchTag("AttestationRefused", ({ message }) => new BuildRefused({ path, problem: message })))
  if (signerAt(keys, opened.signers, opened.predicate.recordedAt) === undefined)
    return yield* new BuildRefused({
      path,
      problem: "expected a record of the time in which its key is trusted, found another time"
    })
  if (!namesItsSubjects(opened))
    return yield* new BuildRefused({
      path,
      problem: "expected the images and manifests of the record as subjects of the statement, found others"
    })
  return opened.predicate
})

/** Most bytes of a file with a build record. */
const mostRecordBytes = 4_194_304

const textOf = Effect.fnUntraced(function* (path: string) {
  const files = yield* FileSystem.FileSystem
  const refuse = (problem: string) => new BuildRefused({ path, problem })
  const { size } = yield* Effect.mapError(files.stat(path), () =>
    refuse("expected a file that can be read, found none")
  )
  if (size > mostRecordBytes) return yield* refuse(`expected at most ${mostRecordBytes} bytes, found more`)
  return yield* Effect.mapError(files.readFileString(path), () => refuse("expected a file that can be read"))
})

/** Build records of the configuration: the facts of those that count, and why the others do not. */
export interface ReadBuilds {
  readonly builds: Builds
  readonly refused: ReadonlyArray<BuildRefused>
}

/** Returns the facts of both. Of two records of one manifest the newer counts, as one with results after one without. */
export const newestBuilds = (one: Builds, other: Builds): Builds => ({
  ...one,
  ...Object.fromEntries(
    Object.entries(other).filter(([manifest, { recordedAt }]) => (one[manifest]?.recordedAt ?? 0) <= recordedAt)
  )
})

/** Reads the build records of this release and of earlier ones. A file that is refused leaves the others as they are. */
export const readBuilds = Effect.fnUntraced(function* (paths: ReadonlyArray<string>, trust: Trust) {
  const results = yield* Effect.forEach(paths, (path) =>
    Effect.result(Effect.flatMap(textOf(path), (text) => openBuild(text, path, trust)))
  )
  let builds: Builds = {}
  const refused: Array<BuildRefused> = []
  for (const [at, one] of results.entries()) {
    if (Result.isSuccess(one)) builds = newestBuilds(builds, buildFactsOf(one.success))
    else if (one.failure._tag === "BuildRefused") refused.push(one.failure)
    else refused.push(new BuildRefused({ path: paths[at] ?? "", problem: "its signature could not be checked" }))
  }
  return { builds, refused } satisfies ReadBuilds
})
