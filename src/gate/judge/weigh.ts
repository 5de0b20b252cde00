import type { Cause } from "../words.ts"
import type { RecordProblem } from "./problem.ts"
import { elsewhereProblem, isViolation, resultProblem, sealProblem, weaknessOf } from "./record.ts"
import type { Situation } from "./situation.ts"
import type { Readable, ProofSubject } from "./subject.ts"

/** A record and what it says about its subject. Without a problem it proves it. */
export interface WeighedRecord {
  readonly one: Readable
  readonly problem: RecordProblem | undefined
}

/** Causes of records that take no part, from the farthest from a proof to the nearest. */
const nearness: ReadonlyArray<Cause> = [
  "gate_fault",
  "other_deployment",
  "other_code",
  "other_variant",
  "other_configuration",
  "unknown_account",
  "missing",
  "stale"
]

const trouble = ({ problem }: WeighedRecord) => (problem === undefined ? 0 : 1)

/** Returns the last of two records. Of equal times, the one with a problem, or else by digest, so that no order matters. */
const later = (best: WeighedRecord, next: WeighedRecord): WeighedRecord => {
  const after = next.one.evidence.at - best.one.evidence.at || trouble(next) - trouble(best)
  return after > 0 || (after === 0 && next.one.digest > best.one.digest) ? next : best
}

const nearer = (best: WeighedRecord, next: WeighedRecord): WeighedRecord => {
  const [had, has] = [best, next].map(({ problem }) => (problem === undefined ? -1 : nearness.indexOf(problem.cause)))
  if (had === undefined || has === undefined || had === has) return later(best, next)
  return has > had ? next : best
}

const bestOf = (
  records: ReadonlyArray<WeighedRecord>,
  better: (best: WeighedRecord, next: WeighedRecord) => WeighedRecord
): WeighedRecord | undefined => {
  const [first, ...others] = records
  return first === undefined ? undefined : others.reduce(better, first)
}

/**
 * Returns the record that decides, or else the one that comes nearest to a proof. Records of another place, code, variant or
 * configuration take no part, nor do those that are too old, simulated or about an unknown account. Of the others the newest
 * decides, except that one which only began does not undo one that passed. A violation by this code decides before all.
 */
export const weigh = (
  records: ReadonlyArray<Readable>,
  subject: ProofSubject,
  situation: Situation
): { readonly decided: WeighedRecord | undefined; readonly nearest: WeighedRecord | undefined } => {
  const violations: Array<WeighedRecord> = []
  const entrants: Array<WeighedRecord> = []
  const bystanders: Array<WeighedRecord> = []
  for (const one of records) {
    const seal = sealProblem(one, situation)
    const elsewhere = elsewhereProblem(one, subject, situation)
    const weakness = one.evidence.result === "fail" ? undefined : weaknessOf(one, subject, situation)
    const outcome = { one, problem: seal ?? resultProblem(one, subject, situation) }
    if (isViolation(one, situation)) violations.push(outcome)
    else if (elsewhere !== undefined) bystanders.push({ one, problem: elsewhere })
    else if (seal === undefined && weakness !== undefined) bystanders.push({ one, problem: weakness })
    else entrants.push(outcome)
  }
  return { decided: decisionOf(violations, entrants), nearest: bestOf(bystanders, nearer) }
}

const decisionOf = (
  violations: ReadonlyArray<WeighedRecord>,
  entrants: ReadonlyArray<WeighedRecord>
): WeighedRecord | undefined => {
  const newest = bestOf(entrants, later)
  const ended = bestOf(
    entrants.filter(({ one }) => one.evidence.result !== "begun"),
    later
  )
  const stays = newest?.problem?.cause === "waiting" && ended !== undefined && ended.problem === undefined
  return bestOf(violations, later) ?? (stays ? ended : newest)
}
