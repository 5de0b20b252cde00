import { type RecordProblem, recordProblem } from "./problem.ts"
import type { Situation } from "./situation.ts"
import type { Readable, ProofSubject } from "./subject.ts"

const rehearsed = recordProblem(
  "other_deployment",
  "it was recorded in another environment: local is a rehearsal and proves nothing elsewhere",
  "foi registrado em outro ambiente: local é um ensaio e não prova nada fora dele"
)
const foreign = recordProblem(
  "other_deployment",
  "it was recorded by another deployment",
  "foi registrado por outra instalação"
)
const fenced = recordProblem(
  "other_deployment",
  "it was recorded before the store was fenced or restored",
  "foi registrado antes de o store ser isolado (fence) ou restaurado"
)
const split = recordProblem(
  "gate_fault",
  "its scope names another deployment than the record itself",
  "o escopo indica uma instalação diferente da do próprio registro"
)

/** Returns why a record is of another environment or deployment. */
export const placeProblem = ({ evidence }: Readable, situation: Situation): RecordProblem | undefined => {
  const { environment, deployment, scope } = evidence
  if (environment !== (situation.environment === "local" ? "local" : "staging")) return rehearsed
  const { id, former } = situation.deployment
  if (deployment !== id && !former.includes(deployment)) return foreign
  return scope.of === "I" && scope.deployment !== deployment ? split : undefined
}

/**
 * Returns a problem for a record of scope R or I that is older than a fence or restore of the store. One with a former id is,
 * also where the time of the fence is not known.
 */
export const fenceProblem = (
  { evidence: { scope, at, deployment } }: Readable,
  { deployment: { id, fencedAt } }: Situation
): RecordProblem | undefined => {
  const isBound = scope.of === "R" || scope.of === "I"
  const isBefore = deployment !== id || (fencedAt !== undefined && at <= fencedAt)
  return isBound && isBefore ? fenced : undefined
}

const changed = (section: string) =>
  recordProblem(
    "other_configuration",
    `the section ${section} of the configuration has changed since it was recorded`,
    `a seção ${section} da configuração mudou desde o registro`
  )
const unnamed = recordProblem(
  "gate_fault",
  "it names other sections of the configuration than the policy",
  "indica seções da configuração diferentes das da política"
)

/** Returns why a record is about another variant or configuration than the subject. */
export const configurationProblem = (
  { evidence: { scope } }: Readable,
  { proof, channel }: ProofSubject,
  { sections }: Situation
): RecordProblem | undefined => {
  if (scope.of === "R") return undefined
  if (scope.of === "C") {
    if (scope.variant !== channel?.variant) {
      return recordProblem(
        "other_variant",
        `it was recorded for the variant ${scope.variant}`,
        `foi registrado para a variante ${scope.variant}`
      )
    }
    return scope.section === channel.section ? undefined : changed(`connector:${scope.connector}`)
  }
  if (scope.of === "S") return scope.section === sections["store"] ? undefined : changed("store")
  const named = Object.keys(scope.sections)
  if (named.toSorted().join() !== proof.sections.toSorted().join()) return unnamed
  const other = Object.entries(scope.sections).find(([name, digest]) => sections[name] !== digest)
  return other === undefined ? undefined : changed(other[0])
}
