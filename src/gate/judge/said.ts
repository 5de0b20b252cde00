import * as DateTime from "effect/DateTime"
import type { GateEvidence } from "../evidence/evidence.ts"
import type { Millis, Text } from "../words.ts"

/** Returns a time as people read it: `2026-12-01 09:30:00 UTC`. */
export const timeText = (at: Millis): string =>
  `${DateTime.formatIso(DateTime.makeUnsafe(at)).slice(0, 19).replace("T", " ")} UTC`

const units = [
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["min", 60_000],
  ["s", 1_000]
] as const

/** Returns a span in its largest two units: `13 d 4 h`. */
export const spanText = (millis: number): string => {
  const parts: Array<string> = []
  let rest = millis
  for (const [unit, size] of units) {
    const count = Math.floor(rest / size)
    rest -= count * size
    if (count > 0) parts.push(`${count} ${unit}`)
  }
  return parts.length === 0 ? "0 s" : parts.slice(0, 2).join(" ")
}

export const bilingual = (en: string, pt: string): Text => ({ en, pt })

/** Returns two sentences as one text. */
export const joined = (first: Text, second: Text): Text =>
  bilingual(`${first.en} ${second.en}`, `${first.pt} ${second.pt}`)

const timesText = (count: number): Text =>
  count === 1 ? bilingual("once", "uma vez") : bilingual(`${count} times`, `${count} vezes`)

const sourceText = ({ by }: GateEvidence): Text => {
  if (by.kind === "traffic") return bilingual("traffic", "tráfego")
  if (by.kind === "boot") return bilingual(`boot ${by.boot}`, `boot ${by.boot}`)
  const { name, run, runs, client } = by
  return bilingual(
    `drill ${name}, run ${run} (number ${runs}) by client ${client}`,
    `drill ${name}, execução ${run} (número ${runs}) pelo cliente ${client}`
  )
}

/** Returns the origin of a record: traffic, boot, or drill with its run and API client, and whether the provider was genuine. */
const originText = (evidence: GateEvidence): Text => {
  const { en, pt } = sourceText(evidence)
  return evidence.genuine
    ? bilingual(`${en} with the genuine provider`, `${pt} com o provider real`)
    : bilingual(en, pt)
}

/** Returns the sentence about a record: its origin, first and last time, and how often. */
export const recordText = (evidence: GateEvidence): Text => {
  const [origin, times] = [originText(evidence), timesText(evidence.count)]
  const [first, last] = [timeText(evidence.first), timeText(evidence.at)]
  if (evidence.count === 1 || first === last) {
    return bilingual(`${origin.en}, ${times.en}, at ${last}`, `${origin.pt}, ${times.pt}, em ${last}`)
  }
  return bilingual(
    `${origin.en}, ${times.en}, first at ${first}, last at ${last}`,
    `${origin.pt}, ${times.pt}, primeira em ${first}, última em ${last}`
  )
}

/** Returns a sentence that names the part of a row that it is about, such as a channel. */
export const aboutSubject = (subject: string, sentence: Text): Text =>
  subject === "" ? sentence : bilingual(`${subject}: ${sentence.en}`, `${subject}: ${sentence.pt}`)
