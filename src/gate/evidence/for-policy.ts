import * as Data from "effect/Data"
import * as Result from "effect/Result"
import type { PolicyRow, ProofPolicy } from "../policy/policy.ts"
import type { UnsignedEvidence } from "./evidence.ts"

/** Evidence that no row of the policy would read. A recorder must not sign it. */
export class EvidenceRefused extends Data.TaggedError("EvidenceRefused")<{
  readonly row: string
  readonly problem: string
}> {
  override get message() {
    return `evidence for ${this.row}: ${this.problem}`
  }
}

/** Returns the proof that a record of this row and scope is about; `undefined` when the policy has none. */
export const proofOf = (
  rows: ReadonlyArray<PolicyRow>,
  { row, scope }: Pick<UnsignedEvidence, "row" | "scope">
): ProofPolicy | undefined =>
  rows.flatMap(({ proofs }) => proofs).find((proof) => proof.id === row && proof.scope === scope.of)

const isOfType = (rule: ProofPolicy["facts"][string], value: number | string) =>
  typeof value === (rule.rule === "word" || rule.rule === "digest" ? "string" : "number")

const problemOf = (proof: ProofPolicy, { facts, by, result }: UnsignedEvidence): string | undefined => {
  const extra = Object.keys(facts).find((name) => !Object.hasOwn(proof.facts, name))
  if (extra !== undefined) return "expected the facts of the policy, another name arrived; add it to the policy first"
  const missing = Object.keys(proof.facts).find((name) => facts[name] === undefined)
  if (missing !== undefined && result === "pass") return `expected the fact ${missing}, which is not there; count it`
  const wrong = Object.entries(proof.facts).find(([name, rule]) => {
    const value = facts[name]
    return value !== undefined && !isOfType(rule, value)
  })
  if (wrong !== undefined)
    return `expected a ${wrong[1].rule === "word" ? "word" : "number"} as ${wrong[0]}; record that`
  if (result === "begun" && proof.waits === undefined)
    return "expected a result, `begun` arrived; nothing is awaited here"
  const isKnown = proof.by.some((rule) =>
    rule.kind === "drill"
      ? by.kind === "drill" && rule.name === by.name && rule.fault === by.fault.name
      : rule.kind === by.kind
  )
  return isKnown ? undefined : `expected an origin of the policy, ${by.kind} arrived; record it where the policy says`
}

/** Returns evidence if a row of the policy reads it. Otherwise fails with what was expected, before it is signed. */
export const checkForPolicy = (
  rows: ReadonlyArray<PolicyRow>,
  evidence: UnsignedEvidence
): Result.Result<UnsignedEvidence, EvidenceRefused> => {
  const proof = proofOf(rows, evidence)
  const problem =
    proof === undefined ? "expected a proof of the policy in this scope; there is none" : problemOf(proof, evidence)
  return problem === undefined
    ? Result.succeed(evidence)
    : Result.fail(new EvidenceRefused({ row: evidence.row, problem }))
}
