import type { GateEvidence } from "../evidence/evidence.ts"
import type { PolicyRow } from "../policy/policy.ts"
import type { VerdictRow } from "../verdict.ts"
import { type Cause, stateOfCause } from "../words.ts"
import { buildJudges, judgeBuild, rollbackBuilt, rollbackProblem } from "./build-judges.ts"
import { type ProofFinding, findingOf } from "./finding.ts"
import { judgeParity } from "./parity.ts"
import { bilingual } from "./said.ts"
import type { RecordedEvidence, Situation } from "./situation.ts"
import { subjectsOf } from "./subject.ts"

/** Everything that the judge of a row is given. `before` are the verdicts on the rows above it. */
export interface Case {
  readonly row: PolicyRow
  readonly rows: ReadonlyArray<PolicyRow>
  readonly situation: Situation
  readonly recorded: ReadonlyArray<RecordedEvidence>
  readonly before: ReadonlyArray<VerdictRow>
}

const alone: ReadonlySet<Cause | undefined> = new Set<Cause | undefined>(["waiting", "clock"])

/** Rank of a cause: what time alone clears comes first, and evidence against the release last. */
const rankOf = (cause: Cause | undefined): number => {
  if (cause === undefined) return 0
  if (alone.has(cause)) return 1
  if (stateOfCause(cause) === "UNKNOWN") return 2
  return cause === "failed" || cause === "forged" ? 4 : 3
}

const worst = <A extends { readonly cause?: Cause }>(one: A, other: A): A =>
  rankOf(other.cause) > rankOf(one.cause) ? other : one

const soonest = (one: ProofFinding, other: ProofFinding): ProofFinding =>
  (other.until ?? Infinity) < (one.until ?? Infinity) ? other : one

const nothing: ProofFinding = {
  cause: "missing",
  said: bilingual("nothing is configured that could be proven", "não há nada configurado que possa ser comprovado"),
  evidence: []
}

const together = (findings: ReadonlyArray<ProofFinding>): ProofFinding => {
  const [first, ...others] = findings
  if (first === undefined) return nothing
  const found = others.reduce(worst, first)
  if (found.cause !== undefined) return found
  const said = findings.map((one) => one.said)
  return {
    ...others.reduce(soonest, first),
    said: bilingual(said.map(({ en }) => en).join("; "), said.map(({ pt }) => pt).join("; ")),
    evidence: findings.flatMap((one) => one.evidence)
  }
}

const configureOne = bilingual(
  "configure at least one connector with a capability",
  "configurar pelo menos um conector com uma capability"
)

const findingsOf = (row: PolicyRow, { situation, recorded }: Pick<Case, "situation" | "recorded">) =>
  subjectsOf(row, situation).map((subject) => findingOf(subject, situation, recorded))

const recordedJudge = (one: Case): ProofFinding => together(findingsOf(one.row, one))

const previousOf = ({ facts }: GateEvidence) => (typeof facts["previous"] === "string" ? facts["previous"] : "")

const rollbackJudge = (one: Case): ProofFinding => {
  const findings = findingsOf(one.row, one)
  const wrong = findings.flatMap(({ proof, evidence }) => {
    const found = proof === undefined ? undefined : rollbackProblem(previousOf(proof), proof.manifest, one.situation)
    return found === undefined ? [] : [{ ...found, evidence }]
  })
  return together([...findings, ...wrong])
}

const rollbackBuiltJudge = (one: Case): ProofFinding => {
  const rolledBack = one.rows.filter(({ judge }) => judge === "rollback").flatMap((row) => findingsOf(row, one))
  const [first] = rolledBack.flatMap(({ proof, evidence }) => (proof === undefined ? [] : [{ proof, evidence }]))
  if (first === undefined) {
    const unsure = rolledBack.find(({ cause }) => cause === "clock")
    if (unsure !== undefined) return unsure
    return {
      cause: "missing",
      said: bilingual("no rollback was recorded", "nenhum rollback foi registrado"),
      evidence: []
    }
  }
  const { proof, evidence } = first
  return { ...rollbackBuilt(previousOf(proof), proof.manifest, one.situation), evidence }
}

const unobservable = ({ row }: Case): ProofFinding => ({
  cause: "not_observable",
  said: bilingual(
    `${row.connector ?? "the connector"} declares no way to observe it`,
    `${row.connector ?? "o conector"} não declara como observar isto`
  ),
  evidence: []
})

const weakAcknowledgement = ({ row }: Case): ProofFinding => ({
  cause: "gate_fault",
  said: bilingual(
    `${row.connector ?? "the connector"} declares a weaker acknowledgement than the policy asks for`,
    `${row.connector ?? "o conector"} declara uma confirmação mais fraca do que a política exige`
  ),
  evidence: []
})

/** Judges a derived row: it is GO when all rows that it repeats are, and there is at least one. */
const derived = ({ row, before, situation: { environment } }: Case): ProofFinding => {
  const word = environment === "local" ? "SEEN" : "GO"
  const repeated = before.filter(({ row: id }) => id.startsWith(row.derives ?? ""))
  const [first, ...others] = repeated.filter(({ cause }) => cause !== undefined)
  if (repeated.length === 0) return nothing
  if (first === undefined) {
    return {
      said: bilingual(`all ${repeated.length} rows are ${word}`, `todos os ${repeated.length} itens estão ${word}`),
      evidence: []
    }
  }
  const named = others.reduce(worst, first)
  const open = others.length + 1
  return {
    ...(named.cause === undefined ? {} : { cause: named.cause }),
    said: bilingual(
      `${open} of ${repeated.length} rows are not ${word}, among them ${named.row}`,
      `${open} de ${repeated.length} itens não estão ${word}, entre eles ${named.row}`
    ),
    evidence: []
  }
}

/** Judges the rows of section 3.2 together. A configuration without a capability has no traffic to validate. */
const realTraffic = (one: Case): ProofFinding =>
  one.rows.some(({ capability }) => capability !== undefined)
    ? derived(one)
    : {
        cause: "missing",
        said: bilingual("no capability is configured", "nenhuma capability está configurada"),
        evidence: [],
        clears: configureOne
      }

/** Pure judges by the name that a row of the policy gives. */
const judges: Readonly<Record<PolicyRow["judge"], (one: Case) => ProofFinding>> = {
  recorded: recordedJudge,
  rollback: rollbackJudge,
  rollback_built: rollbackBuiltJudge,
  unobservable,
  weak_acknowledgement: weakAcknowledgement,
  versions_agree: ({ situation }) => judgeBuild(buildJudges.versions_agree, situation),
  reproduced: ({ situation }) => judgeBuild(buildJudges.reproduced, situation),
  results: ({ situation }) => judgeBuild(buildJudges.results, situation),
  suites: ({ situation }) => judgeBuild(buildJudges.suites, situation),
  parity: ({ row, situation }) => judgeParity(row, situation),
  derived,
  real_traffic: realTraffic
}

/** Judges one row. In `local` a row that would be GO was only seen. */
export const judgeRow = (one: Case): VerdictRow => {
  const { row, situation } = one
  const { cause, said, evidence, at, until, runs, clears } = judges[row.judge](one)
  const rehearsal = situation.environment === "local"
  const go = rehearsal ? "SEEN" : "GO"
  return {
    row: row.id,
    text: row.text,
    state: cause === undefined ? go : stateOfCause(cause),
    ...(cause === undefined ? {} : { cause }),
    said,
    evidence,
    ...(at === undefined ? {} : { at }),
    ...(until === undefined ? {} : { until }),
    ...(cause === undefined ? {} : { clears: clears ?? row.clears, alone: alone.has(cause) }),
    ...(runs === undefined ? {} : { runs }),
    rehearsal
  }
}
