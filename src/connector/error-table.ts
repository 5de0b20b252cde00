import type { Certainty } from "../domain/failure.ts"
import type { Pauses } from "../domain/pause.ts"

/**
 * What a provider's code means, one row a code or `code/subcode`; the more specific row wins.
 *
 * `class`: whose fault. `certainty`: `not_applied` only where the source shows that the provider did nothing (G19).
 * `transient`: may the same intent be tried again. `pauses`: what is held back beside the message itself, and for how long.
 * `source`: where the facts were read.
 */
export interface ErrorRow {
  readonly code: string
  readonly class: "provider" | "payload"
  readonly certainty: Certainty
  readonly transient: boolean
  readonly pauses: Pauses
  /** Our words; no text of the provider is ever repeated. */
  readonly meaning: string
  readonly source: string
}

export type ErrorTable = ReadonlyArray<ErrorRow>
