import * as Effect from "effect/Effect"
import type { Owner } from "../../partition/hold.ts"
import { IntentLedger } from "../ledger/intent-ledger.ts"

const every = "10 seconds"

/**
 * Archives the ended intents of a partition a while after their last change, and deletes what has expired. When the store is
 * away, the next round retries. Never ends.
 */
export const archiveSettled = (owner: Owner): Effect.Effect<never, never, IntentLedger> =>
  Effect.gen(function* () {
    const ledger = yield* IntentLedger
    const round = Effect.ignore(ledger.archive(owner.partition))
    return yield* Effect.forever(Effect.andThen(Effect.sleep(every), round))
  })
