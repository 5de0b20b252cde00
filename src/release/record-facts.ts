import type { OpenedAttestation } from "../attestation/statement.ts"
import { canonicalJson } from "../domain/json.ts"
import { type BuildRecord, type RecordedBuild, recordSubjects } from "./build-record.ts"

/** Returns true when the subjects of the statement are the images and manifests that the record names. */
export const namesItsSubjects = ({ subject, predicate }: OpenedAttestation<BuildRecord>): boolean =>
  canonicalJson(subject) === canonicalJson(recordSubjects(predicate))

/** Returns the versions of Node that the places of the repository and the images name. One means that they agree. */
export const nodeVersions = ({
  node: { dockerfile, engines, packages },
  platforms
}: BuildRecord): ReadonlySet<string> => {
  const binaries = Object.values(platforms).map((platform) => platform.node.version)
  return new Set([dockerfile, engines, ...Object.values(packages), ...binaries])
}

/** Returns the name and version of the builder of a build. */
export const builderOf = ({ builder: { name, version } }: RecordedBuild): string => `${name} ${version}`

/** Returns the builds of one platform that gave different manifests, or different images by one builder. */
export const unequalBuilds = ({ builds }: BuildRecord): ReadonlyArray<RecordedBuild> =>
  builds.filter((one) =>
    builds.some(
      (other) =>
        other.platform === one.platform &&
        (other.manifest !== one.manifest || (builderOf(other) === builderOf(one) && other.image !== one.image))
    )
  )

/** Returns the builds that gave the released image and manifest of a platform. */
export const equalBuilds = ({ builds, platforms }: BuildRecord, platform: string): ReadonlyArray<RecordedBuild> => {
  const released = platforms[platform]
  return builds.filter(
    (one) => one.platform === platform && one.image === released?.image && one.manifest === released.manifest
  )
}

/** Returns the state of check and tests. A step or run without a result counts as failed. */
export const stateOfResults = ({ results }: BuildRecord): "complete" | "pending" | "failed" => {
  if (results === "pending") return "pending"
  const steps = Object.values(results.check.steps)
  const isGood =
    steps.length > 0 &&
    steps.every((result) => result === "passed") &&
    [results.test, results.faults].every(({ failed, passed }) => failed === 0 && passed > 0)
  return isGood ? "complete" : "failed"
}
