import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import { InfraError, report } from "../domain/failure.ts"
import type { IntentId } from "../domain/ids.ts"
import type { Claim, ClaimAnswer, IntentLedger } from "./intent-ledger.ts"

/**
 * Claims once. An ambiguous answer is asked again with the same token and may say "yours"; a second failure, or another's
 * claim, claims nothing: the caller must not call and must give the token back, for the first may still run (G7).
 */
export const claimOnce = (ledger: IntentLedger["Service"], claim: Claim): Effect.Effect<ClaimAnswer, InfraError> =>
  ledger.claim(claim).pipe(
    Effect.catchIf(
      (error) => error.certainty === "unknown",
      () =>
        Effect.flatMap(Effect.mapError(ledger.claim(claim), stillUnknown), (answer) =>
          answer._tag === "Claimed" || answer._tag === "Released" ? Effect.succeed(answer) : Effect.fail(buried)
        )
    )
  )

/** Whatever became of the second asking, the first may be written. */
const stillUnknown = ({ code, operation, transient }: InfraError) =>
  new InfraError({ code, operation, transient, certainty: "unknown" })

const buried = new InfraError({
  code: "store_unavailable",
  operation: "claim intent: asked again, it is not free, and the first asking may still run",
  certainty: "unknown",
  transient: true
})

const untilWritten = Schedule.min([Schedule.exponential("100 millis"), Schedule.spaced("2 seconds")]).pipe(
  Schedule.jittered
)

/** Repeated until it is written, also where no claim is: a buried claim may still run (G7). */
export const giveBack = (
  ledger: IntentLedger["Service"],
  intentId: IntentId,
  token: string,
  why: InfraError
): Effect.Effect<void> =>
  ledger
    .release(intentId, token, { ...report(why), certainty: "not_applied", transient: true })
    .pipe(Effect.retry(untilWritten), Effect.orDie)
