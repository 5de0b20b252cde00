import type { Asking } from "../../../src/outbound/accounts.ts"
import { partitionOf } from "../../../src/partition/partitions.ts"
import { keysOf } from "../keys.ts"

/**
 * All that concerns one account lies in the account's own partition, so in one hash slot, wherever its intents are. Names
 * are built on keyed hashes and on ids of ours.
 */
export const keysOfAccount = (prefix: string, partitions: number) => (account: string) => {
  const partition = partitionOf(account, partitions)
  const of = (what: string) => `${prefix}:{p${partition}}:${what}`
  const state = [keysOf(prefix, partition).of("stamp"), of(`account:${account}`)]
  const call = ({ intentId, recipient = "none" }: Pick<Asking, "intentId" | "recipient">) => [
    ...state,
    of(`paid:${intentId}`),
    of(`held:${recipient}`)
  ]
  return {
    state,
    call,
    /** What is kept of recipients. */
    people: (recipients: ReadonlyArray<string>, limits: ReadonlyArray<string>) => [
      ...state.slice(0, 1),
      ...recipients.flatMap((one) => [of(`held:${one}`), ...limits.map((name) => of(`limit:${one}:${name}`))])
    ],
    ask: (asking: Asking, limits: Asking["limits"]) => [
      ...call(asking),
      ...limits.map((limit) => of(`limit:${limit.of === "account" ? account : asking.recipient}:${limit.name}`))
    ]
  }
}
