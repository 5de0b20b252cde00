import { type Cause, noGoCauses, unknownCauses } from "../words.ts"
import type { PolicyRow, ProofPolicy } from "./policy.ts"

const hidesAny = ({ facts }: ProofPolicy) =>
  Object.values(facts).some((rule) => rule.rule === "word" && rule.hidden.length > 0)

const ofProof = (proof: ProofPolicy): ReadonlyArray<Cause> => {
  if (proof.watch) return ["failed", "forged", "gate_fault"]
  const { scope, account, waits } = proof
  return [
    "missing",
    "stale",
    "other_code",
    ...(scope === "C" ? (["other_variant"] as const) : []),
    ...(scope === "R" ? [] : (["other_configuration"] as const)),
    "other_deployment",
    ...(account ? (["unknown_account"] as const) : []),
    "failed",
    "forged",
    ...(waits === undefined ? [] : (["waiting"] as const)),
    ...(hidesAny(proof) ? (["not_observable"] as const) : []),
    "gate_fault",
    "clock"
  ]
}

const ofJudge = ({ judge }: PolicyRow): ReadonlyArray<Cause> => {
  switch (judge) {
    case "unobservable":
      return ["not_observable"]
    case "weak_acknowledgement":
      return ["gate_fault"]
    case "versions_agree":
    case "reproduced":
    case "results":
    case "suites":
      return ["missing", "failed"]
    case "rollback_built":
      return ["missing", "other_code", "failed"]
    case "parity":
      return ["missing", "other_configuration"]
    default:
      return []
  }
}

/** Returns the causes that a row can have, in the order of the closed list. A derived row can have all of its rows. */
export const causesOf = (row: PolicyRow): ReadonlyArray<Cause> => {
  const own = new Set([...row.proofs.flatMap(ofProof), ...ofJudge(row)])
  const all: ReadonlyArray<Cause> = [...noGoCauses, ...unknownCauses]
  return row.kind === "derived" ? all : all.filter((cause) => own.has(cause))
}
