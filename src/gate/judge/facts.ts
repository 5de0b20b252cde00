import type { FactRule, ProofPolicy } from "../policy/policy.ts"
import type { Text } from "../words.ts"
import { type RecordProblem, recordProblem } from "./problem.ts"

type Facts = Readonly<Record<string, number | string>>

const unnamed = recordProblem(
  "gate_fault",
  "its facts are not those that the policy names",
  "os fatos não são os que a política indica"
)

/** Returns the count that a rule expects, and how it is compared; `undefined` for a rule about words. */
const expectationOf = (rule: FactRule, facts: Facts, connectors: number) => {
  switch (rule.rule) {
    case "at_least":
      return { number: rule.number, holds: (count: number) => count >= rule.number, en: "at least ", pt: "no mínimo " }
    case "exactly":
      return { number: rule.number, holds: (count: number) => count === rule.number, en: "", pt: "" }
    case "below":
      return { number: rule.number, holds: (count: number) => count < rule.number, en: "less than ", pt: "menos que " }
    case "connectors": {
      const number = Math.max(1, connectors)
      return { number, holds: (count: number) => count >= number, en: "at least ", pt: "no mínimo " }
    }
    case "same_as": {
      const number = facts[rule.fact]
      return { number, holds: (count: number) => count === number, en: "", pt: "" }
    }
    default:
      return undefined
  }
}

const factProblem = (name: string, rule: FactRule, facts: Facts, connectors: number): RecordProblem | undefined => {
  const found = facts[name]
  const expected = expectationOf(rule, facts, connectors)
  if (expected !== undefined) {
    if (typeof found !== "number") return unnamed
    const { number, holds, en, pt } = expected
    if (holds(found)) return undefined
    return recordProblem(
      "failed",
      `${name} is ${found}, expected ${en}${number}`,
      `${name} é ${found}, esperado ${pt}${number}`
    )
  }
  if (typeof found !== "string") return unnamed
  if (rule.rule === "digest") return /^sha256:[0-9a-f]{64}$/.test(found) ? undefined : unnamed
  if (rule.rule !== "word" || rule.good.includes(found)) return undefined
  if (rule.failed.includes(found)) return recordProblem("failed", `${name} is ${found}`, `${name} é ${found}`)
  if (!rule.hidden.includes(found)) return unnamed
  return recordProblem(
    "not_observable",
    `${name} is ${found}: this gateway cannot know it`,
    `${name} é ${found}: este gateway não tem como saber`
  )
}

/** Returns true when a record names no fact beside those of the policy. */
export const namesOnly = ({ facts: rules }: ProofPolicy, facts: Facts): boolean =>
  Object.keys(facts).every((name) => Object.hasOwn(rules, name))

/** Returns what is wrong with the facts of a record that says `pass`. Every fact of the policy is read, and no other may be there. */
export const factsProblem = (proof: ProofPolicy, facts: Facts, connectors: number): RecordProblem | undefined => {
  if (!namesOnly(proof, facts)) return unnamed
  const found = Object.entries(proof.facts).flatMap(([name, rule]) => factProblem(name, rule, facts, connectors) ?? [])
  return found.find(({ cause }) => cause !== "not_observable") ?? found[0]
}

/** Returns the words that a sentence repeats, such as "paused, not refused". */
export const notesOf = ({ facts: rules }: ProofPolicy, facts: Facts): ReadonlyArray<Text> =>
  Object.entries(rules).flatMap(([name, rule]) => {
    const found = facts[name]
    return rule.rule === "word" && typeof found === "string" ? (rule.notes[found] ?? []) : []
  })
