import type { Bound, Millis, ScopeLetter, Section, Text } from "../words.ts"
import type { ByRule, FactRule, PolicyRow, ProofPolicy } from "./policy.ts"

const day = 86_400_000

/** Ages of the policy. */
export const ages = { hours24: day, days7: 7 * day, days14: 14 * day, days90: 90 * day, days180: 180 * day }

export const atLeast = (number: number): FactRule => ({ rule: "at_least", number })
export const exactly = (number: number): FactRule => ({ rule: "exactly", number })
export const below = (number: number): FactRule => ({ rule: "below", number })
export const sameAs = (fact: string): FactRule => ({ rule: "same_as", fact })
export const someOfIt = atLeast(1)
export const none = exactly(0)
export const perConnector: FactRule = { rule: "connectors" }
export const manifestDigest: FactRule = { rule: "digest" }

export const anyWord = (
  good: ReadonlyArray<string>,
  more: {
    readonly failed?: ReadonlyArray<string>
    readonly hidden?: ReadonlyArray<string>
    readonly notes?: Readonly<Record<string, Text>>
  } = {}
): FactRule => ({ rule: "word", good, failed: more.failed ?? [], hidden: more.hidden ?? [], notes: more.notes ?? {} })

export const traffic: ByRule = { kind: "traffic" }
export const boot: ByRule = { kind: "boot" }
export const drill = (name: string, fault: string, ...codes: ReadonlyArray<string>): ByRule => ({
  kind: "drill",
  name,
  fault,
  codes
})

interface ProofOptions {
  readonly maxAge?: Millis
  readonly by: ByRule | ReadonlyArray<ByRule>
  readonly facts: Readonly<Record<string, FactRule>>
  readonly genuine?: true
  readonly account?: true
  readonly waits?: true
  readonly watch?: true
  readonly sections?: ReadonlyArray<Section>
  readonly clears?: Text
}

const ageOf: Readonly<Record<ScopeLetter, Millis>> = { R: ages.days14, C: ages.days90, S: ages.days90, I: ages.days180 }

const sectionsOf: Readonly<Record<ScopeLetter, ReadonlyArray<Section | "connector">>> = {
  R: [],
  C: ["connector"],
  S: ["store"],
  I: ["secrets"]
}

/** Returns a proof with the age and sections of its scope, where it names no others. */
export const proof = (id: string, scope: ScopeLetter, options: ProofOptions): ProofPolicy => ({
  id,
  scope,
  maxAge: options.maxAge ?? ageOf[scope],
  sections: options.sections ?? sectionsOf[scope],
  by: "kind" in options.by ? [options.by] : options.by,
  genuine: options.genuine ?? false,
  account: options.account ?? false,
  facts: options.facts,
  ...(options.waits === undefined ? {} : { waits: ages.days7 }),
  ...(options.watch === undefined ? {} : { watch: options.watch }),
  ...(options.clears === undefined ? {} : { clears: options.clears })
})

type RowOptions = Pick<PolicyRow, "id" | "text" | "kind" | "clears"> &
  Partial<Pick<PolicyRow, "each" | "judge" | "proofs" | "connector" | "capability" | "derives" | "sections">> & {
    readonly bound?: Bound
  }

/** Returns a row whose bounds, sections and ages are those of its proofs. */
export const row = ({ bound, ...options }: RowOptions): PolicyRow => {
  const proofs = options.proofs ?? []
  const maxAge: Partial<Record<ScopeLetter, Millis>> = {}
  for (const one of proofs) maxAge[one.scope] = Math.min(one.maxAge, maxAge[one.scope] ?? one.maxAge)
  return {
    judge: "recorded",
    ...options,
    proofs,
    bound: [...new Set<Bound>([...proofs.map(({ scope }) => scope), ...(bound === undefined ? [] : [bound])])],
    sections: [...new Set([...proofs.flatMap(({ sections }) => sections), ...(options.sections ?? [])])],
    maxAge,
    alone: proofs.some(({ waits }) => waits !== undefined)
  }
}
