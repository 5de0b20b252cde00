import * as Data from "effect/Data"

/** Why a signed document is refused, in the order of the checks. The list is closed. */
export const refusalReasons = [
  "not_json",
  "envelope",
  "payload_type",
  "encoding",
  "unknown_key",
  "signature",
  "payload",
  "statement",
  "predicate_type",
  "predicate_version",
  "predicate"
] as const
export type RefusalReason = (typeof refusalReasons)[number]

/** A signed document that is refused. `message` says what was expected and what arrived, and holds no value of the document. */
export class AttestationRefused extends Data.TaggedError("AttestationRefused")<{
  readonly reason: RefusalReason
  readonly message: string
}> {}
