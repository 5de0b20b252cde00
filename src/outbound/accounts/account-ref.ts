import * as Redacted from "effect/Redacted"
import type { Channel, ChannelAccount } from "../../connector/channel.ts"
import { accountHashOf, credentialHashOf } from "../../identity/derive.ts"
import type { IdHash } from "../../secrets/id-hash.ts"
import type { AccountRef } from "./accounts.ts"

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
