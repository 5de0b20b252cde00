import * as Effect from "effect/Effect"
import { retryIfUnknown, retryUntilStored, storeBackoff } from "../../concurrency/retry.ts"
import { InfraError, failureReport } from "../../domain/failure.ts"
import type { IntentId } from "../../domain/ids.ts"
import type { Claim, ClaimAnswer, IntentLedger } from "../ledger/intent-ledger.ts"

/**
 * Claims an intent for one token. When the first result is unknown, claims again with the same token. When that fails too, or
 * finds the claim of another token, fails as unknown: the caller must not call the provider and must release the token, since
 * the first claim may still be written (G7).
 */
export const claimOnce = (ledger: IntentLedger["Service"], claim: Claim): Effect.Effect<ClaimAnswer, InfraError> =>
  retryIfUnknown(ledger.claim(claim), () =>
    Effect.flatMap(Effect.mapError(ledger.claim(claim), stillUnknown), (answer) =>
      answer._tag === "Claimed" || answer._tag === "Released" ? Effect.succeed(answer) : Effect.fail(buried)
    )
  )

/** Returns the failure of the second claim as unknown, since the first may be written. */
const stillUnknown = ({ code, operation, transient }: InfraError) =>
  new InfraError({ code, operation, transient, certainty: "unknown" })

const buried = new InfraError({
  code: "store_unavailable",
  operation: "claim intent: asked again, it is not free, and the first asking may still run",
  certainty: "unknown",
  transient: true
})

const releaseBackoff = storeBackoff("100 millis")

/** Releases the token until the ledger has written it, also when nothing is claimed: a late claim may still be written (G7). */
export const giveBack = (
  ledger: IntentLedger["Service"],
  intentId: IntentId,
  token: string,
  why: InfraError
): Effect.Effect<void> =>
  retryUntilStored(
    ledger.release(intentId, token, { ...failureReport(why), certainty: "not_applied", transient: true }),
    releaseBackoff
  )
