import type { Diagnosis, NextStep } from "./diagnosis.ts"
import { absolute, duration } from "./words.ts"

const section = (title: string, text: string | undefined): ReadonlyArray<string> =>
  text === undefined ? [] : [`${title.padEnd(13)}${text}`]

const classOf = ({ fault }: Diagnosis): string | undefined => {
  if (fault === undefined) return undefined
  const marks = [fault.class, fault.code, fault.certainty, fault.unlisted === true ? "unlisted" : undefined]
  const trace =
    fault.providerTraceId === undefined ? "" : ` Give the provider's support the id ${fault.providerTraceId}.`
  return `${fault.side} (${marks.filter((mark) => mark !== undefined).join(", ")}). ${fault.said}${trace}`
}

const timeOf = (at: number | undefined, ageMs: number | undefined) =>
  at === undefined ? "time not stored" : `${absolute(at)}  ${duration(ageMs ?? 0)} ago`

const timelineOf = ({ timeline = [] }: Diagnosis) =>
  timeline.map(({ n, at, ageMs, attempt, said }) => {
    const of = attempt === undefined ? "" : ` (attempt ${attempt})`
    return `  ${`#${n}`.padEnd(5)}${timeOf(at, ageMs)}  ${said}${of}`
  })

const nextOf = ({ next = [] }: Diagnosis, print: (step: NextStep) => string) =>
  next.flatMap((step) => [
    `  ${step.when}${step.permitted ? "" : ` Needs a key of scope ${step.scope}; this key lacks it.`}`,
    `    ${print(step)}`
  ])

const headed = (title: string, lines: ReadonlyArray<string>) => (lines.length === 0 ? [] : ["", title, ...lines])

const aboutOf = ({ id, state, about }: Diagnosis) =>
  [`${id} ${state}`, about.conversation, about.correlationId].filter((one) => one !== undefined).join("  ")

/** Returns a diagnosis as lines for a person. `print` writes a step as it can be run. */
export const diagnosisLines = (diagnosis: Diagnosis, print: (step: NextStep) => string): ReadonlyArray<string> => [
  diagnosis.sentence,
  "",
  ...section("Why?", diagnosis.why.said),
  ...section("Duplicate?", diagnosis.duplicate.said),
  ...section("Retry?", diagnosis.retry.said),
  ...section("Fault", classOf(diagnosis)),
  ...section("Consequence", diagnosis.consequence?.said),
  ...section("About", aboutOf(diagnosis)),
  ...headed("Next", nextOf(diagnosis, print)),
  ...headed("Timeline", timelineOf(diagnosis))
]
