import type { GateEvidence } from "../evidence/evidence.ts"
import type { Cause, Millis, Sha256, Text } from "../words.ts"
import { notesOf } from "./facts.ts"
import { type RecordProblem, recordProblem } from "./problem.ts"
import { future } from "./record.ts"
import { aboutSubject, joined, recordText, bilingual } from "./said.ts"
import type { RecordedEvidence, Situation } from "./situation.ts"
import { concerns, isReadable, type ProofSubject } from "./subject.ts"
import { type WeighedRecord, weigh } from "./weigh.ts"

/** Verdict on one subject. Without a cause it is proven. */
export interface ProofFinding {
  readonly cause?: Cause
  readonly said: Text
  readonly evidence: ReadonlyArray<Sha256>
  readonly at?: Millis
  readonly until?: Millis
  readonly runs?: number
  readonly clears?: Text
  /** Record that proves the subject. */
  readonly proof?: GateEvidence
}

const runsOf = ({ by }: GateEvidence) => (by.kind === "drill" ? { runs: by.runs } : {})

const ofRecord = (
  { one: { evidence, digest }, problem: found }: WeighedRecord,
  subject: ProofSubject
): ProofFinding => {
  const { waits, maxAge, clears } = subject.proof
  const ends = found === undefined ? evidence.at + maxAge : evidence.at + (waits ?? 0)
  const record = recordText(evidence)
  const told = [record, ...notesOf(subject.proof, evidence.facts)].reduce((one, other) =>
    bilingual(`${one.en}; ${other.en}`, `${one.pt}; ${other.pt}`)
  )
  const said = found === undefined ? told : bilingual(`${found.said.en} (${told.en})`, `${found.said.pt} (${told.pt})`)
  return {
    ...(found === undefined ? { proof: evidence } : { cause: found.cause }),
    said: aboutSubject(subject.name, said),
    evidence: [digest],
    at: evidence.at,
    ...(found === undefined || found.cause === "waiting" ? { until: ends } : {}),
    ...runsOf(evidence),
    ...(clears === undefined ? {} : { clears })
  }
}

const withoutRecord = ({ name, proof: { clears } }: ProofSubject, { cause, said }: RecordProblem): ProofFinding => ({
  cause,
  said: aboutSubject(name, said),
  evidence: [],
  ...(clears === undefined ? {} : { clears })
})

const absent = recordProblem("missing", "no evidence was recorded", "nenhuma evidência foi registrada")
const unreadable = recordProblem(
  "gate_fault",
  "a record about it has a form that this program does not read",
  "um registro sobre ele tem um formato que este programa não lê"
)
const vanished = recordProblem(
  "gate_fault",
  "a record that a living process wrote is no longer in the store",
  "um registro que um processo ativo gravou não está mais no store"
)
const unsure = bilingual(
  "the clock is not sure enough to judge an age",
  "o relógio não é confiável o bastante para julgar a idade"
)
const nothingAgainst = bilingual("no violation was recorded", "nenhuma violação foi registrada")

/** Causes that another time would change. */
const ofTime: ReadonlySet<Cause | undefined> = new Set<Cause | undefined>([undefined, "stale", "waiting"])

const withClock = (finding: ProofFinding, { clock }: Situation, isFuture: boolean): ProofFinding => {
  if (clock === "good" || !(isFuture || ofTime.has(finding.cause))) return finding
  const { evidence, said, at, runs, clears } = finding
  return {
    cause: "clock",
    said: joined(unsure, bilingual(`(${said.en})`, `(${said.pt})`)),
    evidence,
    ...(at === undefined ? {} : { at }),
    ...(runs === undefined ? {} : { runs }),
    ...(clears === undefined ? {} : { clears })
  }
}

/** Judges one subject by the records about it. */
export const findingOf = (
  subject: ProofSubject,
  situation: Situation,
  recorded: ReadonlyArray<RecordedEvidence>
): ProofFinding => {
  const records = recorded.filter(isReadable).filter(({ evidence }) => concerns(subject, evidence))
  const { decided, nearest } = weigh(records, subject, situation)
  const hasVanished = situation.vanished.some((one) => concerns(subject, one))
  if (hasVanished && decided?.problem === undefined) return withoutRecord(subject, vanished)
  if (subject.proof.watch && decided?.problem === undefined) {
    const evidence = decided === undefined ? [] : [decided.one.digest]
    return {
      said: aboutSubject(subject.name, decided === undefined ? nothingAgainst : recordText(decided.one.evidence)),
      evidence
    }
  }
  const record = decided ?? nearest
  if (record !== undefined) return withClock(ofRecord(record, subject), situation, record.problem === future)
  const isIllegible = recorded.some((one) => !isReadable(one) && one.row === subject.proof.id)
  return withoutRecord(subject, isIllegible ? unreadable : absent)
}
