import * as Schema from "effect/Schema"

export { Sha256 } from "../domain/sha256.ts"

/** Milliseconds since the epoch by the store's clock. The limit is the last day that a date can express. */
export const Millis = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 8_640_000_000_000_000 }))
export type Millis = typeof Millis.Type

/** A word of the program or of a provider's codes. It has no white space and no seven digits in a row, as a number of a person has. */
export const FactWord = Schema.String.check(Schema.isPattern(/^(?!.*\d{7})[a-z][A-Za-z0-9_.-]{0,63}$/))

/** Id that the program or an operator gave: a boot, a run, a key, an API client. */
export const Name = Schema.String.check(Schema.isPattern(/^[A-Za-z0-9][A-Za-z0-9_.:-]{0,63}$/))

/** Id of a connector, as the configuration names it. */
export const ConnectorName = Schema.String.check(Schema.isPattern(/^[a-z][a-z0-9-]{0,31}$/))

/** Section of the configuration. A section has one digest, and a fact is bound to the sections that it depends on. */
export const Section = Schema.Union([
  Schema.Literals(["platform", "store", "secrets", "runtime"]),
  Schema.TemplateLiteral(["connector:", Schema.String])
])
export type Section = typeof Section.Type

/** A {@link Section} as the key of a record, which need not name each. */
export const SectionName = Schema.String.check(
  Schema.isPattern(/^(platform|store|secrets|runtime|connector:[a-z][a-z0-9-]{0,31})$/)
)

/** Letter of a scope: run, channel, storage, installation. */
export type ScopeLetter = "R" | "C" | "S" | "I"
/** A bound of a row: a scope, or the build (`B`), or production itself (`P`). */
export type Bound = ScopeLetter | "B" | "P"

/** A text in the two languages of the gate. */
export const Text = Schema.Struct({
  en: Schema.String.annotate({ description: "The text in English." }),
  pt: Schema.String.annotate({ description: "The text in Brazilian Portuguese." })
})
export type Text = typeof Text.Type
export type Language = keyof Text

/** Causes that mean NO-GO. */
export const noGoCauses = [
  "missing",
  "stale",
  "other_code",
  "other_variant",
  "other_configuration",
  "other_deployment",
  "unknown_account",
  "failed",
  "forged"
] as const
/** Causes that mean UNKNOWN. */
export const unknownCauses = ["waiting", "not_observable", "gate_fault", "clock"] as const

/** Why a row is not GO. The list is closed. */
export const Cause = Schema.Literals([...noGoCauses, ...unknownCauses])
export type Cause = typeof Cause.Type

/** State of a row and of a verdict. In `local` the word is SEEN, never GO. */
export const GateState = Schema.Literals(["GO", "NO-GO", "UNKNOWN", "SEEN"])
export type GateState = typeof GateState.Type

const unknown: ReadonlySet<Cause> = new Set(unknownCauses)

/** Returns the state that a cause means. */
export const stateOfCause = (cause: Cause): "NO-GO" | "UNKNOWN" => (unknown.has(cause) ? "UNKNOWN" : "NO-GO")
