import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { type Channel, type ChannelAccount, Channels } from "../../connector/channel.ts"
import type { InfraError } from "../../domain/failure.ts"
import { accountHashOf, credentialHashOf } from "../../identity/derive.ts"
import { IdHash } from "../../secrets/id-hash.ts"
import { type AccountRef, Accounts, type Pause } from "./accounts.ts"

type Secrets = ReadonlyArray<Redacted.Redacted<string>>

const sameSecrets = (a: Secrets, b: Secrets) => a.length === b.length && a.every((secret, at) => secret === b[at])

/**
 * Returns a function that derives the reference of an account in the store. It hashes an account once, and its credentials
 * only when they have changed. Without `secrets` it takes the present ones.
 */
export const accountRefs = (hash: IdHash["Service"]) => {
  const known = new WeakMap<ChannelAccount, { readonly secrets: Secrets; readonly ref: AccountRef }>()
  return (channel: Pick<Channel, "id">, account: ChannelAccount, secrets = account.credentials()): AccountRef => {
    const before = known.get(account)
    if (before !== undefined && sameSecrets(before.secrets, secrets)) return before.ref
    const ref = {
      account: before?.ref.account ?? accountHashOf(hash, { channel, account }),
      credential: credentialHashOf(hash, secrets.map(Redacted.value))
    }
    known.set(account, { secrets, ref })
    return ref
  }
}

interface AccountState {
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
