import * as Effect from "effect/Effect"
import type { FailureReport, InfraError } from "../../domain/failure.ts"
import { IntentLedger } from "../ledger/intent-ledger.ts"
import type { Acceptance } from "../ledger/types.ts"

/**
 * Makes an intent that failed before its claim visible: accepted and at once abandoned with its failure (I2). One that the
 * ledger holds already stays as it is; done again after a crash in between, it ends the same.
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
