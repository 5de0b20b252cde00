import * as Effect from "effect/Effect"
import type { FailureReport, InfraError } from "../../domain/failure.ts"
import { IntentLedger } from "../ledger/intent-ledger.ts"
import type { Acceptance } from "../ledger/types.ts"

/**
 * Records an intent that failed before its claim: accepts it and at once abandons it with its failure (I2). An intent that
 * the ledger already holds stays unchanged. A repeat after a crash between the two writes ends the same.
 */
export const reject = Effect.fnUntraced(function* (
  acceptance: Acceptance,
  failure: FailureReport
): Effect.fn.Return<void, InfraError, IntentLedger> {
  const ledger = yield* IntentLedger
  const known = yield* ledger.accept(acceptance)
  if (known._tag === "Expired" || known.record.state !== "accepted") return
  yield* ledger.abandon(acceptance.intentId, failure)
})
