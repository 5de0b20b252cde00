import * as Schema from "effect/Schema"
import { type Explained, HiddenExplanation } from "./explanation.ts"
import { Pauses } from "./pause.ts"
import type { Personal } from "./personal.ts"
import { plainWord } from "./shown.ts"

/** Certainty of a failed call: `not_applied` means that it certainly did nothing, `unknown` that it may have acted. */
export const Certainty = Schema.Literals(["not_applied", "unknown"]).annotate({
  description:
    "States whether the call may have acted: `not_applied` (it certainly did nothing) or `unknown` (it may have)."
})
export type Certainty = typeof Certainty.Type

export const FailureClass = Schema.Literals(["InfraError", "ProviderError", "PayloadError"]).annotate({
  description:
    "Names the side that failed: `InfraError` (store, secrets or network), `ProviderError` (the provider) or `PayloadError` (the request)."
})
export type FailureClass = typeof FailureClass.Type

/**
 * A failure of the store, of the secrets, or of the network before the request left. `code` is a fixed word, never outside
 * text.
 */
export class InfraError extends Schema.TaggedError<InfraError>()("InfraError", {
  code: Schema.String,
  operation: Schema.String,
  certainty: Certainty,
  transient: Schema.Boolean,
  cause: Schema.optionalKey(Schema.Defect())
}) {
  override get message() {
    return `${this.operation}: ${this.code}`
  }
}

/**
 * The provider refused the call or did not answer. `code` is its error code (`131056`, `100/33`), or the gateway's word for
 * how the call ended.
 */
export class ProviderError extends Schema.TaggedError<ProviderError>()("ProviderError", {
  code: Schema.String,
  certainty: Certainty,
  transient: Schema.Boolean,
  pauses: Pauses,
  detail: Schema.String,
  httpStatus: Schema.optionalKey(Schema.Int),
  /** Seconds to wait, as the provider asked. */
  retryAfter: Schema.optionalKey(Schema.Finite),
  /** True for a refusal whose code has no row in the error table (G19). */
  unlisted: Schema.optionalKey(Schema.Literal(true)),
  /** The provider's own id of the call, for its support: letters, digits, `-` and `_`. */
  providerTraceId: Schema.optionalKey(Schema.String),
  explanation: Schema.optionalKey(HiddenExplanation)
}) {
  override get message() {
    return `${this.code}: ${this.detail}`
  }
}

export const Issue = Schema.Struct({
  path: Schema.Array(Schema.String).annotate({
    description:
      "Locates the error in the request, one member name for each step. A name that no schema has is shown as its length."
  }),
  message: Schema.String.annotate({
    description: "States what the gateway expected there. It never repeats the value that it received."
  })
})
export type Issue = typeof Issue.Type

/** The request itself is wrong. Always `not_applied`. `issues` name paths and expectations, never received values. */
export class PayloadError extends Schema.TaggedError<PayloadError>()("PayloadError", {
  code: Schema.String,
  detail: Schema.String,
  issues: Schema.Array(Issue),
  httpStatus: Schema.optionalKey(Schema.Int),
  providerTraceId: Schema.optionalKey(Schema.String),
  explanation: Schema.optionalKey(HiddenExplanation)
}) {
  get certainty(): Certainty {
    return "not_applied"
  }
  get transient(): boolean {
    return false
  }
  override get message() {
    return `${this.code}: ${this.detail}`
  }
}

export type Failure = InfraError | ProviderError | PayloadError

/** A failure as the store keeps it and the API returns it: without its cause, and without outside text in the open. */
export const FailureReport = Schema.Struct({
  class: FailureClass,
  code: Schema.String.annotate({
    description: "Names the failure: the provider's error code (`131056`), or a fixed word of the gateway."
  }),
  certainty: Certainty,
  transient: Schema.Boolean.annotate({
    description: "True when the same request may succeed later. False when it fails again until something changes."
  }),
  detail: Schema.String.annotate({
    description: "Explains the failure in the gateway's words. It never holds text from outside."
  }),
  unlisted: Schema.optionalKey(
    Schema.Literal(true).annotate({
      description:
        "True when the error table has no row for the code, so its meaning is unknown. Absent for a listed code."
    })
  ),
  providerStatus: Schema.optionalKey(
    Schema.Int.annotate({
      description: "HTTP status of the provider's answer. Absent when the provider did not answer."
    })
  ),
  providerTraceId: Schema.optionalKey(
    Schema.String.annotate({
      description:
        "The provider's own id of the call: give it to the provider's support. Absent when the provider gave none."
    })
  )
})
/** Report of a failure. `explanation` holds the provider's own words, which are sealed where the report is stored. */
export type FailureReport = typeof FailureReport.Type & { readonly explanation?: Personal<Explained> }

export const failureReport = (failure: Failure): FailureReport => ({
  class: failure._tag,
  code: plainWord(failure.code),
  certainty: failure.certainty,
  transient: failure.transient,
  detail: failure._tag === "InfraError" ? failure.message : failure.detail,
  ...(failure._tag === "InfraError" ? {} : answerFacts(failure))
})

/** Returns the members of a report that come from the provider's answer. */
const answerFacts = (failure: ProviderError | PayloadError) => ({
  ...(failure._tag === "ProviderError" && failure.unlisted === true ? { unlisted: true as const } : {}),
  ...(failure.httpStatus === undefined ? {} : { providerStatus: failure.httpStatus }),
  ...(failure.providerTraceId === undefined ? {} : { providerTraceId: failure.providerTraceId }),
  ...(failure.explanation === undefined ? {} : { explanation: failure.explanation })
})
