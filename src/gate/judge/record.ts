import type { GateEvidence } from "../evidence/evidence.ts"
import type { ByRule } from "../policy/policy.ts"
import { claimProblem, codeProblem } from "./code.ts"
import { factsProblem, namesOnly } from "./facts.ts"
import { configurationProblem, fenceProblem, placeProblem } from "./place.ts"
import { type RecordProblem, recordProblem } from "./problem.ts"
import { spanText } from "./said.ts"
import type { Situation } from "./situation.ts"
import type { Readable, ProofSubject } from "./subject.ts"

const badSignature = recordProblem(
  "forged",
  "its signature is not that of the recorder that it names",
  "a assinatura não é a do registrador que ele indica"
)
const unknownRecorder = recordProblem(
  "forged",
  "no trusted recorder signed it",
  "nenhum registrador confiável o assinou"
)
const outOfTime = recordProblem(
  "forged",
  "the key of its recorder was not trusted at that time",
  "a chave do registrador não era confiável naquele momento"
)
/** The time of a record is after the present. */
export const future = recordProblem("gate_fault", "its time is in the future", "a data dele está no futuro")

const keyProblem = ({ evidence, signature }: Readable, { recorders }: Situation): RecordProblem | undefined => {
  if (signature === "invalid") return badSignature
  const key = recorders[evidence.recorder]
  if (signature === "unknown_recorder" || key === undefined) return unknownRecorder
  const { at } = evidence
  return at < key.from || (key.until !== undefined && at >= key.until) ? outOfTime : undefined
}

/** Returns why a record is not the word of a trusted recorder about a recorded build. */
export const sealProblem = (one: Readable, situation: Situation): RecordProblem | undefined =>
  keyProblem(one, situation) ?? claimProblem(one, situation)

/** Returns why a record is of another place or code. Neither clears a violation. */
const originOf = (one: Readable, situation: Situation): RecordProblem | undefined =>
  placeProblem(one, situation) ?? codeProblem(one, situation)

/** Returns true for a violation by the code of the release, of any age, variant and configuration. */
export const isViolation = (one: Readable, situation: Situation): boolean =>
  one.evidence.sticky && one.evidence.scope.of !== "I" && originOf(one, situation) === undefined

/** Returns why the record is about something else than the subject: another place, code, variant or configuration. */
export const elsewhereProblem = (
  one: Readable,
  subject: ProofSubject,
  situation: Situation
): RecordProblem | undefined =>
  originOf(one, situation) ?? fenceProblem(one, situation) ?? configurationProblem(one, subject, situation)

const otherOrigin = recordProblem(
  "gate_fault",
  "its origin is not the one that the policy names",
  "a origem não é a que a política indica"
)
const neverFired = recordProblem(
  "failed",
  "the fault of the drill was never in effect",
  "a falha do drill nunca ocorreu"
)

const matchesCode = (code: string) => (pattern: string) => code === pattern || code.startsWith(`${pattern}_`)

const isOrigin =
  (by: GateEvidence["by"]) =>
  (rule: ByRule): boolean =>
    rule.kind === "drill"
      ? by.kind === "drill" && by.name === rule.name && by.fault.name === rule.fault
      : by.kind === rule.kind

const originProblem = ({ evidence: { by, result } }: Readable, { proof }: ProofSubject): RecordProblem | undefined => {
  const rule = proof.by.find(isOrigin(by))
  if (rule === undefined) return otherOrigin
  if (by.kind !== "drill" || rule.kind !== "drill" || result === "fail") return undefined
  if (by.fault.fired === 0) return neverFired
  if (result === "begun" || rule.codes.some(matchesCode(by.code))) return undefined
  const expected = rule.codes.join(", ")
  return recordProblem(
    "failed",
    `the drill ended with ${by.code}, expected ${expected}`,
    `o drill terminou com ${by.code}, esperado ${expected}`
  )
}

const simulated = recordProblem(
  "missing",
  "it was recorded without the genuine provider",
  "foi registrado sem o provider real"
)
const noAccount = recordProblem("unknown_account", "it names no account", "não indica nenhuma conta")
const unprovenAccount = recordProblem(
  "unknown_account",
  "no recorded boot of this deployment proved its account",
  "nenhum boot registrado desta instalação comprovou a conta"
)

const accountProblem = (
  { evidence: { account } }: Readable,
  { proof, channel }: ProofSubject,
  { accounts, environment }: Situation
): RecordProblem | undefined => {
  if (environment === "local") return undefined
  if (account === undefined) return proof.account ? noAccount : undefined
  const known = accounts[account]
  if (known === undefined) return unprovenAccount
  if (channel === undefined) return undefined
  return known.connector === channel.connector && known.variant === channel.variant ? undefined : unprovenAccount
}

const ageProblem = ({ evidence: { at, result } }: Readable, { proof }: ProofSubject, { now }: Situation) => {
  const most = result === "begun" ? proof.waits : proof.maxAge
  if (most === undefined || now - at <= most) return undefined
  const [age, limit] = [spanText(now - at), spanText(most)]
  return result === "begun"
    ? recordProblem(
        "stale",
        `the provider's part never came: it began ${age} ago`,
        `a parte do provider nunca chegou: começou há ${age}`
      )
    : recordProblem("stale", `it is ${age} old, at most ${limit} count`, `tem ${age}, valem no máximo ${limit}`)
}

const isSimulated = ({ evidence }: Readable, { proof }: ProofSubject, { environment }: Situation): boolean =>
  proof.genuine && !evidence.genuine && environment !== "local"

/**
 * Returns why a record that passed or began does not count, although nothing speaks against the subject. A rehearsal has
 * simulated providers and no proven account, so it asks for neither.
 */
export const weaknessOf = (one: Readable, subject: ProofSubject, situation: Situation): RecordProblem | undefined =>
  accountProblem(one, subject, situation) ??
  (isSimulated(one, subject, situation) ? simulated : undefined) ??
  ageProblem(one, subject, situation)

const noWait = recordProblem(
  "gate_fault",
  "it waits for a part that the policy does not know",
  "espera por algo que a política não prevê"
)
const failedRecord = recordProblem("failed", "the last result is a failure", "o último resultado é uma falha")
const violation = recordProblem(
  "failed",
  "this code violated the rule, and no later success clears a violation",
  "este código violou a regra, e nenhum sucesso posterior apaga uma violação"
)
const waiting = recordProblem("waiting", "the provider's part is awaited", "aguarda-se a parte do provider")
const unnamedFacts = recordProblem(
  "gate_fault",
  "its facts are not those of the policy",
  "os fatos não são os da política"
)

/** Returns what a record says about its subject: `undefined` when it proves it. */
export const resultProblem = (
  one: Readable,
  subject: ProofSubject,
  situation: Situation
): RecordProblem | undefined => {
  const { result, facts, sticky, at } = one.evidence
  if (at > situation.now) return future
  const origin = originProblem(one, subject)
  if (origin !== undefined) return origin
  if (!namesOnly(subject.proof, facts)) return unnamedFacts
  if (result === "fail") return sticky ? violation : failedRecord
  if (result === "begun") return subject.proof.waits === undefined ? noWait : waiting
  return factsProblem(subject.proof, facts, new Set(situation.channels.map(({ connector }) => connector)).size)
}
