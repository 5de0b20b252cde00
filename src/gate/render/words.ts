import type { GateVerdict, VerdictRow } from "../verdict.ts"
import type { Cause, GateState, Language, Text } from "../words.ts"
import { spanText, timeText } from "../judge/said.ts"

const causes: Readonly<Record<Cause, Text>> = {
  missing: { en: "missing", pt: "ausente" },
  stale: { en: "stale", pt: "vencida" },
  other_code: { en: "other code", pt: "outro código" },
  other_variant: { en: "other variant", pt: "outra variante" },
  other_configuration: { en: "other configuration", pt: "outra configuração" },
  other_deployment: { en: "other deployment", pt: "outra instalação" },
  unknown_account: { en: "unknown account", pt: "conta desconhecida" },
  failed: { en: "failed", pt: "falhou" },
  forged: { en: "forged", pt: "forjada" },
  waiting: { en: "waiting", pt: "aguardando" },
  not_observable: { en: "not observable", pt: "não observável" },
  gate_fault: { en: "gate fault", pt: "falha do gate" },
  clock: { en: "clock", pt: "relógio" }
}

/** Words of the renderings that are not of one row. */
export const words = {
  title: { en: "GO / NO-GO", pt: "GO / NO-GO" },
  release: { en: "release", pt: "versão" },
  source: { en: "run from source, in no build record", pt: "executada do código-fonte, sem registro de build" },
  deployment: { en: "deployment", pt: "instalação" },
  environment: { en: "environment", pt: "ambiente" },
  policy: { en: "policy", pt: "política" },
  judged: { en: "judged at", pt: "avaliado em" },
  item: { en: "Item", pt: "Item" },
  state: { en: "State", pt: "Estado" },
  text: { en: "Requirement", pt: "Requisito" },
  found: { en: "Found", pt: "Encontrado" },
  clears: { en: "Cleared by", pt: "Resolve-se com" },
  age: { en: "age", pt: "idade" },
  until: { en: "until", pt: "até" },
  runs: { en: "runs of the drill", pt: "execuções do drill" },
  evidence: { en: "evidence", pt: "evidência" },
  rows: { en: "rows", pt: "itens" },
  alone: { en: "time alone may clear it", pt: "só o tempo pode resolver" },
  rehearsal: {
    en: "This is a rehearsal in local. It proves nothing for production.",
    pt: "Isto é um ensaio em local. Não prova nada para produção."
  }
} as const satisfies Readonly<Record<string, Text>>

/** Mark of a state that is readable without colour. */
export const stateMark: Readonly<Record<GateState, string>> = {
  GO: "[ok]",
  "NO-GO": "[XX]",
  UNKNOWN: "[??]",
  SEEN: "[..]"
}

/** Returns the name of a cause for people. */
export const causeText = (cause: Cause, language: Language): string => causes[cause][language]

/** Returns the state and, where it is not GO, its cause. */
export const stateText = ({ state, cause }: VerdictRow, language: Language): string =>
  cause === undefined ? state : `${state} (${causeText(cause, language)})`

/** Returns the age, the time until which it holds, and the number of runs, each where the row has it. */
export const detailsOf = (row: VerdictRow, { at: now }: GateVerdict, language: Language): ReadonlyArray<string> => [
  ...(row.at === undefined ? [] : [`${words.age[language]} ${spanText(Math.max(0, now - row.at))}`]),
  ...(row.until === undefined ? [] : [`${words.until[language]} ${timeText(row.until)}`]),
  ...(row.runs === undefined ? [] : [`${words.runs[language]}: ${row.runs}`]),
  ...(row.alone === true ? [words.alone[language]] : [])
]

/** Hex digits of a digest that a line shows, and digests of a row that it names. */
const shownDigits = 12
const shownRecords = 3

/** Returns the evidence of a row by the first digits of its digests; empty where it has none. */
export const evidenceText = ({ evidence }: VerdictRow, language: Language): string => {
  if (evidence.length === 0) return ""
  const digits = evidence
    .slice(0, shownRecords)
    .map((one) => one.slice("sha256:".length, "sha256:".length + shownDigits))
  const more = evidence.length > shownRecords ? [`+${evidence.length - shownRecords}`] : []
  return `${words.evidence[language]} ${[...digits, ...more].join(" ")}`
}

/** Returns the facts above the rows, as names and values. */
export const headOf = (
  verdict: GateVerdict,
  language: Language
): ReadonlyArray<readonly [name: string, value: string]> => [
  [words.environment[language], verdict.environment],
  [words.deployment[language], verdict.deployment],
  [words.release[language], /^sha256:0+$/.test(verdict.release) ? words.source[language] : verdict.release],
  [words.policy[language], `${verdict.policy.version}, ${verdict.policy.digest}`],
  [words.judged[language], timeText(verdict.at)]
]

/** Returns the number of rows in each state: `GO 50, NO-GO 3`. */
export const countsText = ({ rows }: GateVerdict): string =>
  (["GO", "SEEN", "NO-GO", "UNKNOWN"] as const)
    .map((state) => [state, rows.filter((row) => row.state === state).length] as const)
    .filter(([, count]) => count > 0)
    .map(([state, count]) => `${state} ${count}`)
    .join(", ")
