import type { FailureReport } from "../domain/failure.ts"
import type { IntentState } from "../domain/intent.ts"

/**
 * What stands in the record after a person's `not_sent`. Of a doubt, the same key may be tried again as a new attempt; of
 * a dispute, where something says that it happened, it may not.
 */
export const resolved = (before: IntentState): FailureReport => ({
  class: "InfraError",
  code: "resolved_not_sent",
  certainty: "not_applied",
  transient: before === "in_doubt",
  detail: "a person has found that nothing was sent"
})
