import type { Sha256 } from "../words.ts"
import type { ProofFinding } from "./finding.ts"
import { bilingual, timeText } from "./said.ts"
import type { BuildFacts, Situation } from "./situation.ts"

/** Judges a row by the build record of the release. */
export type BuildJudge = (build: BuildFacts, situation: Situation) => ProofFinding

const go = (en: string, pt: string): ProofFinding => ({ said: bilingual(en, pt), evidence: [] })
const failed = (en: string, pt: string): ProofFinding => ({ ...go(en, pt), cause: "failed" })
const missing = (en: string, pt: string): ProofFinding => ({ ...go(en, pt), cause: "missing" })

const recorded = ({ recordedAt }: BuildFacts) => timeText(recordedAt)

const versionsAgree: BuildJudge = (build) =>
  build.versionsAgree
    ? go(
        `the build of ${recorded(build)} found one version of Node everywhere`,
        `o build de ${recorded(build)} encontrou uma única versão de Node`
      )
    : failed(
        "Dockerfile, `engines` and the pinned Node name different versions",
        "Dockerfile, `engines` e o Node fixado indicam versões diferentes"
      )

const reproduced: BuildJudge = ({ equalBuilds }) =>
  equalBuilds >= 2
    ? go(
        `${equalBuilds} independent builds have equal digests`,
        `${equalBuilds} builds independentes têm digests iguais`
      )
    : failed("no second independent build has the same digest", "nenhum segundo build independente tem o mesmo digest")

const results: BuildJudge = (build) => {
  if (build.results === "complete") {
    return go(
      `build, lint and test passed, recorded at ${recorded(build)}`,
      `build, lint e test passaram, registrado em ${recorded(build)}`
    )
  }
  return build.results === "pending"
    ? missing("the results of the build are pending", "os resultados do build estão pendentes")
    : failed("build, lint or test failed", "build, lint ou test falharam")
}

const suites: BuildJudge = (build, { channels }) => {
  const connectors = [...new Set(channels.map(({ connector }) => connector))].toSorted()
  if (connectors.length === 0) return missing("no connector is configured", "nenhum conector está configurado")
  let passed = 0
  for (const connector of connectors) {
    const suite = build.suites[connector]
    if (suite === undefined || suite.passed === 0) {
      return missing(
        `the build record has no suite of ${connector}`,
        `o registro de build não tem a suíte de ${connector}`
      )
    }
    if (suite.failed > 0 || suite.skipped > 0) {
      return failed(
        `the suite of ${connector} has ${suite.failed} failed and ${suite.skipped} skipped tests`,
        `a suíte de ${connector} tem ${suite.failed} testes com falha e ${suite.skipped} pulados`
      )
    }
    passed += suite.passed
  }
  return go(
    `${passed} tests passed in the suites of ${connectors.map((id) => `${id} (${build.suites[id]?.digest ?? ""})`).join(", ")}`,
    `${passed} testes passaram nas suítes de ${connectors.map((id) => `${id} (${build.suites[id]?.digest ?? ""})`).join(", ")}`
  )
}

export const buildJudges = { versions_agree: versionsAgree, reproduced, results, suites }

/** Returns the verdict of a judge on the build record of the release. Without a record the row is not GO. */
export const judgeBuild = (judge: BuildJudge, situation: Situation): ProofFinding => {
  const build = situation.builds[situation.release]
  if (build !== undefined) return judge(build, situation)
  const { refusedBuilds = [] } = situation
  const why = refusedBuilds.length === 0 ? "" : ` (${refusedBuilds.join("; ")})`
  return missing(
    `the release is in no signed build record${why}`,
    `a versão não está em nenhum registro de build assinado${why}`
  )
}

const isSameCode = (one: BuildFacts, other: BuildFacts) => {
  const connectors = new Set([...Object.keys(one.connectors), ...Object.keys(other.connectors)])
  return (
    one.core === other.core &&
    one.storage === other.storage &&
    [...connectors].every((id) => one.connectors[id] === other.connectors[id])
  )
}

/** Returns what is wrong with the release that a rollback went back to; `undefined` when nothing is. */
export const rollbackProblem = (previous: Sha256, current: Sha256, { builds }: Situation): ProofFinding | undefined => {
  const [before, now] = [builds[previous], builds[current]]
  if (before === undefined || now === undefined) {
    return {
      cause: "other_code",
      said: bilingual(
        "the release that it went back to is in no signed build record",
        "a versão à qual voltou não está em nenhum registro de build assinado"
      ),
      evidence: []
    }
  }
  if (isSameCode(before, now)) {
    return failed("the release that it went back to has the same code", "a versão à qual voltou tem o mesmo código")
  }
  return undefined
}

/** Judges whether the release before was built and recorded earlier. */
export const rollbackBuilt = (previous: Sha256, current: Sha256, situation: Situation): ProofFinding => {
  const wrong = rollbackProblem(previous, current, situation)
  if (wrong !== undefined) return wrong
  const [before, now] = [situation.builds[previous], situation.builds[current]]
  if (before === undefined || now === undefined || before.recordedAt >= now.recordedAt) {
    return failed("the release that it went back to was built later", "a versão à qual voltou foi construída depois")
  }
  return go(
    `the release that it went back to was built and recorded at ${recorded(before)}`,
    `a versão à qual voltou foi construída e registrada em ${recorded(before)}`
  )
}
