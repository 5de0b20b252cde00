import type { Channel } from "../../connector/channel.ts"
import { AccountId, CapabilityId } from "../../domain/ids.ts"
import { unknownNameOf } from "../../identity/derive.ts"
import type { IdHash } from "../../secrets/id-hash.ts"

/** Names of an account and a capability that the store and the log may hold. */
export interface Names {
  readonly account: AccountId
  readonly capabilityId: CapabilityId
}

/** Returns each configured name as it is, and a keyed hash of any other, since it may name a person. */
export const knownNames = (
  hash: IdHash["Service"],
  channel: Channel | undefined,
  connector: string,
  { account, capability }: { readonly account: string; readonly capability: string }
): Names => {
  const [any] = channel?.accounts.values() ?? []
  return {
    account: channel?.accounts.get(account)?.id ?? AccountId.make(unknownNameOf(hash, account)),
    capabilityId:
      any?.capabilities.get(capability)?.id ?? CapabilityId.make(`${connector}.${unknownNameOf(hash, capability)}`)
  }
}

const isConfigured = (channels: ReadonlyMap<string, Channel>, name: string): boolean =>
  [...channels.values()].some(
    ({ id, accounts }) =>
      id === name ||
      accounts.has(name) ||
      [...accounts.values()].some(({ capabilities }) =>
        [...capabilities].some(([capability, one]) => capability === name || one.id === name)
      )
  )

/** Returns a filter as text for the audit log: numbers, fixed words and configured names as they are, the rest hashed. */
export const shownFilter = (
  hash: IdHash["Service"],
  channels: ReadonlyMap<string, Channel>,
  filter: Readonly<Record<string, string | number | undefined>>
): string =>
  JSON.stringify(filter, (_, value: unknown) =>
    typeof value !== "string" || fixed.test(value) || isConfigured(channels, value) ? value : unknownNameOf(hash, value)
  )

/** Reasons and states that only the program makes. */
const fixed =
  /^(?:in_doubt|disputed|forgotten|unknown_account|foreign_secret|payload|runtime_[a-z]{1,16}(?:_[a-z]{1,16}){0,3}(?:_\d{3})?)$/
