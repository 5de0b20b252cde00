import * as Effect from "effect/Effect"
import { Channels } from "../connector/channel.ts"
import type { InfraError } from "../domain/failure.ts"
import type { IntentId } from "../domain/ids.ts"
import type { IntentRecord } from "../domain/intent.ts"
import { accountRefs } from "../outbound/accounts/account-states.ts"
import { Accounts } from "../outbound/accounts/accounts.ts"
import { IntentLedger } from "../outbound/ledger/intent-ledger.ts"
import { StoreClock } from "../partition/store-clock.ts"
import { IdHash } from "../secrets/id-hash.ts"
import type { IntentFacts } from "./intent-facts.ts"

/** Makes the function that reads the facts about an intent. It returns `undefined` when the store knows none. */
export const intentGatherer = Effect.gen(function* () {
  const ledger = yield* IntentLedger
  const channels = yield* Channels
  const accounts = yield* Accounts
  const clock = yield* StoreClock
  const refOf = accountRefs(yield* IdHash)

  const pauseOf = Effect.fnUntraced(function* ({ connector, account }: IntentRecord) {
    const channel = channels.get(connector)
    const configured = channel?.accounts.get(account)
    if (channel === undefined || configured === undefined) return {}
    const pause = yield* accounts.look(refOf(channel, configured))
    return pause === undefined ? {} : { pause }
  })

  return Effect.fnUntraced(function* (id: IntentId): Effect.fn.Return<IntentFacts | undefined, InfraError> {
    const kept = yield* ledger.kept(id)
    if (kept === undefined) return undefined
    if (kept === "expired") return { id, record: kept, now: yield* clock.now }
    const { record, now, lane, unreadable } = kept
    return {
      id,
      record,
      now,
      ...(lane === undefined ? {} : { lane }),
      ...(unreadable === undefined ? {} : { unreadable }),
      ...(yield* pauseOf(record))
    }
  })
})
