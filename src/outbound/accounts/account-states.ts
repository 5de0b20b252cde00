import * as Effect from "effect/Effect"
import type { Channel, ChannelAccount } from "../../connector/channel.ts"
import { Channels } from "../../connector/channels.ts"
import type { InfraError } from "../../domain/failure.ts"
import { IdHash } from "../../secrets/id-hash.ts"
import { accountRefs } from "./account-ref.ts"
import { Accounts, type Pause } from "./accounts.ts"

export interface AccountState {
  readonly channel: Channel
  readonly account: ChannelAccount
  /** Absent when the account is not paused. */
  readonly pause: Pause | undefined
}

/** Maximum number of concurrent reads. */
const atOnce = 32

/** Returns an effect that reads the pause of every configured account. */
export const accountStates: Effect.Effect<
  Effect.Effect<ReadonlyArray<AccountState>, InfraError>,
  never,
  Accounts | Channels | IdHash
> = Effect.gen(function* () {
  const accounts = yield* Accounts
  const refOf = accountRefs(yield* IdHash)
  const all = Array.from((yield* Channels).values()).flatMap((channel) =>
    Array.from(channel.accounts.values(), (account) => ({ channel, account }))
  )
  return Effect.forEach(
    all,
    ({ channel, account }) =>
      Effect.map(accounts.look(refOf(channel, account)), (pause) => ({ channel, account, pause })),
    { concurrency: atOnce }
  )
})
