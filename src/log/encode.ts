import * as DateTime from "effect/DateTime"
import { mayHoldNumber } from "../domain/shown.ts"
import type { BootCheck, LogLine, LogFields } from "./line.ts"

/** Replaces a value that a log line may not contain. */
export const unprintable = "unprintable"

/** A word that can be a code, an id or a place in a source file. */
const word = /^[A-Za-z0-9_./:-]{1,80}$/

/** Returns the value when a log line may contain it, else {@link unprintable}. */
export const printable = (value: unknown): string =>
  typeof value === "string" && word.test(value) ? value : unprintable

/**
 * Form of each field. `word`: a fixed word, a code or a keyed hash. `outside`: a word that a provider or a runtime may have
 * made. `value`: a number or a boolean. `own`: text that only the gateway writes.
 */
const forms = {
  correlationId: "word",
  dedupeKey: "word",
  connectorId: "word",
  accountId: "word",
  conversationId: "word",
  capabilityId: "word",
  outcome: "word",
  state: "word",
  deduped: "value",
  failureClass: "word",
  failureCode: "outside",
  certainty: "word",
  unlisted: "value",
  providerStatus: "value",
  providerTraceId: "outside",
  why: "word",
  attempt: "value",
  refusals: "value",
  durationMs: "value",
  eventType: "word",
  partition: "value",
  httpStatus: "value",
  environment: "word",
  port: "value",
  secret: "word",
  version: "word",
  client: "word",
  action: "word",
  implementations: "own",
  checks: "own",
  lost: "value",
  error: "word",
  frames: "word",
  manifest: "word"
} as const satisfies Record<keyof LogFields, "word" | "outside" | "value" | "own">

const isField = (name: string): name is keyof LogFields => name in forms

/** Field names in the order of a line (`docs/reference/log.md`). */
export const fieldNames: ReadonlyArray<keyof LogFields> = Object.keys(forms).filter(isField)

type Values = Exclude<LogFields[keyof LogFields], undefined>

const own = (value: Values): string => {
  if (Array.isArray(value)) {
    return JSON.stringify(
      value.map(({ name, state, code, waitsFor, problem, remedy }: BootCheck) => ({
        name,
        state,
        code,
        waitsFor,
        problem,
        remedy
      }))
    )
  }
  return JSON.stringify(value)
}

/** Returns one field as JSON. Returns `unprintable` when the value does not have the form of the field. */
export const fieldJson = (name: keyof LogFields, value: Values): string => {
  const form = forms[name]
  if (form === "own") return own(value)
  if (form === "outside") return `"${mayHoldNumber(String(value)) ? unprintable : printable(value)}"`
  if (form === "word") return Array.isArray(value) ? JSON.stringify(value.map(printable)) : `"${printable(value)}"`
  return (typeof value === "number" && Number.isFinite(value)) || typeof value === "boolean"
    ? String(value)
    : `"${unprintable}"`
}

let latest = { millis: Number.NaN, text: "" }

/** Returns the time as ISO 8601. Keeps the last text, since many lines fall into one millisecond. */
export const isoTime = (millis: number): string => {
  if (millis !== latest.millis) latest = { millis, text: DateTime.formatIso(DateTime.makeUnsafe(millis)) }
  return latest.text
}

/** A field's rank in a line and its last text, which is kept because many lines repeat a value. */
interface Field {
  readonly name: keyof LogFields
  readonly rank: number
  value: Values | undefined
  text: string
}

const places = new Map<string, Field>(
  fieldNames.map((name, rank) => [name, { name, rank, value: undefined, text: "" }])
)

const textOf = (field: Field, value: Values): string => {
  if (value === field.value) return field.text
  const text = `,"${field.name}":${fieldJson(field.name, value)}`
  if (typeof value !== "object") {
    field.value = value
    field.text = text
  }
  return text
}

/** Returns the text of fields that were given in another order than that of a line. */
const sorted = (given: LogFields): string => {
  let text = ""
  for (const field of places.values()) {
    const value = given[field.name]
    if (value !== undefined) text += textOf(field, value)
  }
  return text
}

const fieldsText = (given: LogFields): string => {
  let text = ""
  let rank = -1
  for (const name in given) {
    const field = places.get(name)
    const value = field === undefined ? undefined : given[field.name]
    if (field === undefined || value === undefined) continue
    if (field.rank < rank) return sorted(given)
    rank = field.rank
    text += textOf(field, value)
  }
  return text
}

/** Returns a line as one JSON object, without the line break. */
export const encode = ({ time, level, event, release, fields }: LogLine): string =>
  `{"time":"${isoTime(time)}","level":"${level}","event":"${event}"${release === undefined ? "" : `,"release":"${release}"`}${fieldsText(fields)}}`
