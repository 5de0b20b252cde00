import type { PolicyRow } from "../policy/policy.ts"
import type { ProofFinding } from "./finding.ts"
import { bilingual } from "./said.ts"
import type { Situation } from "./situation.ts"

const finding = (en: string, pt: string): ProofFinding => ({ said: bilingual(en, pt), evidence: [] })

/** Judges before a comparison: the sections that production will compare must be known here. */
const stated = ({ sections: named }: PolicyRow, { sections, channels }: Situation): ProofFinding => {
  const connectors = [...new Set(channels.map(({ connector }) => `connector:${connector}`))]
  const wanted = named.flatMap((one) => (one === "connector" ? connectors : [one]))
  const known = new Set(Object.keys(sections))
  const unknown = wanted.find((one) => !known.has(one))
  if (unknown !== undefined || (named.includes("connector") && connectors.length === 0)) {
    const name = unknown ?? "connector"
    return {
      ...finding(
        `the section ${name} of the configuration is not known`,
        `a seção ${name} da configuração não é conhecida`
      ),
      cause: "missing"
    }
  }
  return finding(
    `stated here for ${wanted.join(", ")}; production compares it at its boot`,
    `declarado aqui para ${wanted.join(", ")}; production compara no boot`
  )
}

/**
 * Judges a row of parity. A field that an operator chose must be equal. A field that the world changes refuses a first
 * activation, and is only named afterwards.
 */
export const judgeParity = (row: PolicyRow, situation: Situation): ProofFinding => {
  if (situation.parity === undefined) return stated(row, situation)
  const { fields, firstActivation } = situation.parity
  const own = fields.filter((field) => field.row === row.id)
  if (own.length === 0) {
    return { ...finding("no field was compared", "nenhum campo foi comparado"), cause: "missing" }
  }
  const differing = own.filter(({ staging, production }) => staging !== production)
  const list = differing
    .map(({ name, staging, production }) => `${name}: staging ${staging}, production ${production}`)
    .join("; ")
  if (differing.some(({ origin }) => origin === "chosen" || firstActivation)) {
    return { ...finding(`different: ${list}`, `diferente: ${list}`), cause: "other_configuration" }
  }
  if (differing.length > 0) {
    return finding(`changed by the world since its activation: ${list}`, `mudou por fora desde a ativação: ${list}`)
  }
  return finding(`${own.length} fields are equal`, `${own.length} campos são iguais`)
}
