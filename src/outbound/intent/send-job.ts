import type { Prepared } from "../../connector/channel.ts"
import type { CorrelationId, IntentId } from "../../domain/ids.ts"
import type { Personal } from "../../domain/personal.ts"
import type { Target } from "./resolve-target.ts"

/** One checked intent and all that its claim needs. */
export interface Job {
  readonly intentId: IntentId
  readonly correlationId: CorrelationId
  readonly token: string
  readonly content: string
  /** As JSON, for who performs it later or looks for its proof; most want none. */
  readonly request: () => string
  /** It was accepted before: only then it is claimed. */
  readonly accepted?: true
  readonly target: Target
  readonly prepared: Prepared
  /** As the caller wrote it; absent where the intent has no recipient. */
  readonly to?: Personal<string>
  /** Keyed hash; absent where the intent has no recipient. */
  readonly recipient?: string
}
