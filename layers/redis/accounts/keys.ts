import type { AcquireRequest } from "../../../src/outbound/accounts/accounts.ts"
import { partitionOf } from "../../../src/partition/partitions.ts"
import { keysOf as partitionKeys } from "../keys.ts"

const keysOf = (prefix: string, partition: number, account: string) => {
  const of = (what: string) => `${prefix}:{p${partition}}:${what}`
  const stamp = partitionKeys(prefix, partition).of("stamp")
  const state = [stamp, of(`account:${account}`)]
  const none = of("held:none")
  const call = ({ intentId, recipient }: Pick<AcquireRequest, "intentId" | "recipient">) => [
    ...state,
    of(`paid:${intentId}`),
    recipient === undefined ? none : of(`held:${recipient}`)
  ]
  const limitOf = (whose: string | undefined, name: string) => of(`limit:${whose}:${name}`)
  return {
    state,
    call,
    /** Returns the keys that hold data of recipients. */
    people: (recipients: ReadonlyArray<string>, limits: ReadonlyArray<string>) => [
      stamp,
      ...recipients.flatMap((one) => [of(`held:${one}`), ...limits.map((name) => limitOf(one, name))])
    ],
    ask: (asking: AcquireRequest, limits: AcquireRequest["limits"]) => {
      const keys = call(asking)
      for (const limit of limits) keys.push(limitOf(limit.of === "account" ? account : asking.recipient, limit.name))
      return keys
    }
  }
}

/**
 * Returns the keys of an account, and makes them once, because there are few accounts and each is used often.
 *
 * All keys of one account lie in the account's own partition, so in one hash slot, for any partition of its
 * intents. Their names hold keyed hashes and the gateway's own ids.
 */
export const keysOfAccount = (prefix: string, partitions: number) => {
  const known = new Map<string, ReturnType<typeof keysOf>>()
  return (account: string) => {
    const before = known.get(account)
    if (before !== undefined) return before
    const keys = keysOf(prefix, partitionOf(account, partitions), account)
    known.set(account, keys)
    return keys
  }
}
