import type { Certainty } from "../domain/failure.ts"
import type { Pauses } from "../domain/pause.ts"

/**
 * Meaning of a provider's code: one row for a code or `code/subcode`; the more specific row wins. `class`: whose fault it is.
 * `certainty`: `not_applied` only where the source shows that the provider did nothing (G19). `transient`: true when the same
 * intent may be tried again. `pauses`: what is paused beside the message itself, and for how long. `source`: where the facts
 * were read.
 */
export interface ErrorRow {
  readonly code: string
  readonly class: "provider" | "payload"
  readonly certainty: Certainty
  readonly transient: boolean
  readonly pauses: Pauses
  /** Description in the gateway's words; it never repeats a text of the provider. */
  readonly meaning: string
  readonly source: string
}

export type ErrorTable = ReadonlyArray<ErrorRow>
