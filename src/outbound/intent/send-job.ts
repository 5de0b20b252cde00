import type { Prepared } from "../../connector/channel.ts"
import type { CorrelationId, IntentId } from "../../domain/ids.ts"
import type { Personal } from "../../domain/personal.ts"
import type { Target } from "./resolve-target.ts"

/** Validated intent with all that its claim needs. */
export interface Job {
  readonly intentId: IntentId
  readonly correlationId: CorrelationId
  readonly token: string
  readonly content: string
  /** Returns the request as JSON, to perform it later or to search for its proof. Most jobs never need it. */
  readonly request: () => string
  /** True when it was accepted before: it is then claimed only while it is accepted. */
  readonly accepted?: true
  readonly target: Target
  readonly prepared: Prepared
  /** Recipient as the caller wrote it; absent when the intent has none. */
  readonly to?: Personal<string>
  /** Keyed hash of the recipient; absent when the intent has none. */
  readonly recipient?: string
}
