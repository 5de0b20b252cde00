import type { EvidenceScope } from "../evidence/scope.ts"
import { type RecordProblem, recordProblem } from "./problem.ts"
import type { ReleaseCode, Situation } from "./situation.ts"
import type { Sha256 } from "../words.ts"
import type { Readable } from "./subject.ts"

const noBuild = recordProblem(
  "other_code",
  "the release that recorded it is in no signed build record",
  "a versão que registrou não está em nenhum registro de build assinado"
)
const unbuilt = recordProblem(
  "other_code",
  "the release that is judged is in no signed build record",
  "a versão avaliada não está em nenhum registro de build assinado"
)
const claimed = recordProblem(
  "forged",
  "it claims another code than the build record of its release",
  "declara um código diferente do registro de build da sua versão"
)

const other = (what: string, oque: string) =>
  recordProblem("other_code", `${what} has changed since it was recorded`, `${oque} mudou desde o registro`)

/** Returns false when the build has other code for a connector. A connector from outside is in no build. */
const isBuilt = ({ connectors }: ReleaseCode, id: string, digest: string) =>
  connectors[id] === undefined || connectors[id] === digest

/** Returns true when the digests that a record claims are those of the build record of its release. */
const isTrue = (scope: EvidenceScope, build: ReleaseCode): boolean => {
  if (scope.of === "R") {
    const claims = Object.entries(scope.connectors)
    return scope.core === build.core && claims.every(([id, digest]) => isBuilt(build, id, digest))
  }
  if (scope.of === "C") return isBuilt(build, scope.connector, scope.code)
  return scope.of === "I" || scope.storage === build.storage
}

const changedRun = (scope: Extract<EvidenceScope, { of: "R" }>, release: ReleaseCode, situation: Situation) => {
  if (scope.core !== release.core) return other("the core", "o núcleo")
  const changed = situation.channels.find(
    ({ connector }) => scope.connectors[connector] !== release.connectors[connector]
  )
  const missing = situation.channels.find(({ connector }) => scope.connectors[connector] === undefined)
  if (missing !== undefined) {
    const { connector } = missing
    return recordProblem("other_code", `it was recorded without ${connector}`, `foi registrado sem ${connector}`)
  }
  return changed === undefined
    ? undefined
    : other(`the code of ${changed.connector}`, `o código de ${changed.connector}`)
}

/** Returns the code of a release by its build record. In a rehearsal the process itself says its code. */
const codeOf = (manifest: Sha256, { builds, environment, rehearsed, release }: Situation): ReleaseCode | undefined =>
  builds[manifest] ?? (environment === "local" && manifest === release ? rehearsed : undefined)

/** Returns a problem when a record claims other code than the build record of its release has. */
export const claimProblem = ({ evidence }: Readable, situation: Situation): RecordProblem | undefined => {
  const build = codeOf(evidence.manifest, situation)
  return build === undefined || isTrue(evidence.scope, build) ? undefined : claimed
}

/** Returns why the code that a record is about is not that of the release, as its build record has it. */
export const codeProblem = (
  { evidence: { manifest, scope } }: Readable,
  situation: Situation
): RecordProblem | undefined => {
  const release = codeOf(situation.release, situation)
  if (release === undefined) return unbuilt
  if (codeOf(manifest, situation) === undefined) return noBuild
  if (scope.of === "R") return changedRun(scope, release, situation)
  if (scope.of === "C" && scope.code !== release.connectors[scope.connector]) {
    return other(`the code of ${scope.connector}`, `o código de ${scope.connector}`)
  }
  if (scope.of === "S" && scope.storage !== release.storage) {
    return other("the code of the storage", "o código de armazenamento")
  }
  return undefined
}
