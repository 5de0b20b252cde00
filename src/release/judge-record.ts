import { type OpenedAttestation } from "../attestation/statement.ts"
import type { Sha256 } from "../domain/sha256.ts"
import { type BuildRecord, connectorsOf, type TestRun } from "./build-record.ts"
import {
  builderOf,
  equalBuilds,
  namesItsSubjects,
  nodeVersions,
  stateOfResults,
  unequalBuilds
} from "./record-facts.ts"

/** One thing that a build record may prove. `not_compared`: nothing was given to compare it with. */
export interface BuildClaim {
  readonly claim:
    | "signature"
    | "subjects"
    | "commit"
    | "manifest"
    | "image"
    | "files"
    | "builds"
    | "node"
    | "results"
    | "suites"
  readonly state: "proven" | "not_proven" | "not_compared"
  readonly said: string
}

/** Things to compare with a build record. */
export interface Compared {
  /** Whole name of the commit that the release should be built from. */
  readonly commit?: string
  /** Digest of the manifest of a release. */
  readonly manifest?: Sha256
  /** Digest of an image of one platform. */
  readonly image?: Sha256
  /** Digests of published files by name; `undefined` for one that is not there. */
  readonly files?: Readonly<Record<string, Sha256 | undefined>>
  /** Accepts a record that was made before its tests had ended. */
  readonly allowPending: boolean
}

type Told = readonly [state: BuildClaim["state"], said: string]
const proven = (said: string): Told => ["proven", said]
const not = (said: string): Told => ["not_proven", said]
const open = (said: string): Told => ["not_compared", said]

const listed = (names: ReadonlyArray<string>) => names.join(", ")

const signature = ({ signers, unknownSigners }: OpenedAttestation<BuildRecord>): Told =>
  proven(
    `The record is signed by ${listed(signers)}, and no byte of it was changed.` +
      (unknownSigners.length === 0
        ? ""
        : ` ${unknownSigners.length} further signatures are by other keys and prove nothing.`)
  )

const subjects = (opened: OpenedAttestation<BuildRecord>): Told =>
  namesItsSubjects(opened)
    ? proven(`The record is about ${listed(opened.subject.map(({ name }) => name))}.`)
    : not("The subjects of the statement are not the images and manifests that the record names.")

const commit = ({ commit: recorded, version }: BuildRecord, given: string | undefined): Told => {
  const said = `commit ${recorded} of version ${version}`
  if (given === undefined)
    return open(`The record says ${said}, and no commit was given to compare; the option is --commit.`)
  return given === recorded
    ? proven(`The record is of ${said}.`)
    : not(`The record is of ${said}, and not of the given commit.`)
}

const platformOf = (what: "manifest" | "image", digest: Sha256, { platforms }: BuildRecord) =>
  Object.keys(platforms).find((name) => platforms[name]?.[what] === digest)

const compared = (what: "manifest" | "image", digest: Sha256 | undefined, record: BuildRecord): Told => {
  if (digest === undefined) return open(`No ${what} was given to compare; the option is --${what}.`)
  const platform = platformOf(what, digest, record)
  return platform === undefined
    ? not(`The given ${what} has the digest ${digest}, which is not in the record.`)
    : proven(`The given ${what} is the one of ${platform}: ${digest}.`)
}

/** Compares the image, which must be of the platform of the manifest when both are given. */
const imageOf = (record: BuildRecord, { image, manifest }: Compared): Told => {
  if (image === undefined || manifest === undefined) return compared("image", image, record)
  const [one, other] = [platformOf("image", image, record), platformOf("manifest", manifest, record)]
  return one === undefined || other === undefined || one === other
    ? compared("image", image, record)
    : not(`The given image is the one of ${one}, and the given manifest the one of ${other}.`)
}

const files = ({ files: recorded }: BuildRecord, given: Compared["files"]): Told => {
  const names = Object.keys(recorded)
  if (given === undefined)
    return open(`No folder was given to compare its ${names.length} files; the option is --folder.`)
  const others = names.filter((name) => given[name] !== recorded[name])
  return others.length === 0
    ? proven(`All ${names.length} published files are those of the record: ${listed(names)}.`)
    : not(`These published files are missing or are not those of the record: ${listed(others)}.`)
}

const builds = (record: BuildRecord): Told => {
  const differing = unequalBuilds(record)
  if (differing.length > 0)
    return not(
      `Two builds of ${listed([...new Set(differing.map(({ platform }) => platform))])} gave different digests.`
    )
  const made = Object.keys(record.platforms).map((platform) => ({ platform, equal: equalBuilds(record, platform) }))
  const stray = record.builds.filter(({ platform }) => record.platforms[platform] === undefined)
  const single = made.filter(({ equal }) => equal.length < 2).map(({ platform }) => platform)
  if (made.length === 0 || stray.length > 0) return not("The record has builds of a platform that it does not release.")
  if (single.length > 0) return not(`The image of ${listed(single)} was not built twice with the same digest.`)
  return proven(
    made
      .map(
        ({ platform, equal }) =>
          `${equal.length} builds of ${platform} gave the same image, by ${listed([...new Set(equal.map(builderOf))])}.`
      )
      .join(" ")
  )
}

const node = (record: BuildRecord): Told => {
  const versions = nodeVersions(record)
  return versions.size === 1
    ? proven(
        `Node is ${record.node.engines} in \`engines\`, in the Dockerfile, in the pinned packages and in each image.`
      )
    : not(`Different versions of Node are named: ${listed([...versions])}.`)
}

const countsOf = (name: string, { failed, passed, skipped }: TestRun) =>
  `${name} ${passed} passed, ${failed} failed, ${skipped} skipped`

const results = (record: BuildRecord, allowPending: boolean): Told => {
  if (record.results === "pending") {
    const said = "The results of the tests are pending: the record was made before they had ended."
    return allowPending ? open(said) : not(said)
  }
  const { check, faults, test } = record.results
  const steps = Object.entries(check.steps)
  const broken = steps.flatMap(([name, result]) => (result === "passed" ? [] : [name]))
  const counts = `${countsOf("test:", test)}; ${countsOf("faults:", faults)}.`
  if (steps.length === 0 || broken.length > 0) return not(`A step of check failed, or none ran: ${listed(broken)}.`)
  return stateOfResults(record) === "complete"
    ? proven(`Check passed (${listed(steps.map(([name]) => name))}); ${counts}`)
    : not(`A test failed, or none ran. ${counts}`)
}

const suites = (record: BuildRecord, allowPending: boolean): Told => {
  if (record.results === "pending") {
    const said = "The contract suites of the connectors are pending."
    return allowPending ? open(said) : not(said)
  }
  const { conformance } = record.results
  const connectors = connectorsOf(Object.values(record.platforms).map(({ components }) => components))
  const wrong = connectors.filter((id) => {
    const suite = conformance[id]
    return suite === undefined || suite.passed === 0 || suite.failed > 0 || suite.skipped > 0
  })
  if (connectors.length === 0) return not("The record names no connector.")
  return wrong.length === 0
    ? proven(
        `The contract suites passed and no test was skipped: ` +
          `${connectors.map((id) => `${id} ${conformance[id]?.passed ?? 0} tests of ${conformance[id]?.digest ?? ""}`).join("; ")}.`
      )
    : not(`The contract suites failed, were skipped in part or did not run: ${listed(wrong)}.`)
}

/** Judges a build record whose signature was verified. */
export const judgeRecord = (opened: OpenedAttestation<BuildRecord>, given: Compared): ReadonlyArray<BuildClaim> => {
  const { allowPending } = given
  const { predicate: record } = opened
  const told: Readonly<Record<BuildClaim["claim"], Told>> = {
    signature: signature(opened),
    subjects: subjects(opened),
    commit: commit(record, given.commit),
    manifest: compared("manifest", given.manifest, record),
    image: imageOf(record, given),
    builds: builds(record),
    node: node(record),
    results: results(record, allowPending),
    suites: suites(record, allowPending),
    files: files(record, given.files)
  }
  const names = [
    "signature",
    "subjects",
    "commit",
    "manifest",
    "image",
    "builds",
    "node",
    "results",
    "suites",
    "files"
  ] as const
  return names.map((claim) => ({ claim, state: told[claim][0], said: told[claim][1] }))
}

/** Returns true when nothing that was judged is refused. */
export const isProven = (claims: ReadonlyArray<BuildClaim>): boolean =>
  claims.every(({ state }) => state !== "not_proven")

/** Facts that no build record proves, in sentences. */
export const limits: ReadonlyArray<string> = [
  "It does not prove which program runs: compare the digest of the running image with the record.",
  "It does not prove when it was made: the holder of the key can write any time.",
  "It does not prove that the builder was honest: it proves that the holder of the key says so, and what two builds gave.",
  "It does not prove that the release was seen working with a provider: that is the certificate's part."
]
