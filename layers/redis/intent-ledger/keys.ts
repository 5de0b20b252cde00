import type { IntentId } from "../../../src/domain/ids.ts"
import { partitionOf } from "../../../src/partition/partitions.ts"
import { keysOf } from "../keys.ts"

/** The states that intents are listed by, in the order of KEYS. */
export const listed = ["claimed", "in_doubt", "sent", "failed", "disputed", "accepted"] as const

/** All under the partition's hash tag, as `keysOf` writes it. An intent's own keys hold its id, which is a hash. */
export const intentKeys = (prefix: string, partition: number) => {
  const of = (what: string) => `${prefix}:{p${partition}}:${what}`
  return {
    stamp: keysOf(prefix, partition).of("stamp"),
    record: (intentId: string) => of(`intent:${intentId}`),
    tombstone: (intentId: string) => of(`tombstone:${intentId}`),
    tokens: (intentId: string) => of(`tokens:${intentId}`),
    list: (state: string) => of(`intents:${state}`),
    provable: of("intents:provable"),
    receipt: (mark: string) => of(`receipt:${mark}`)
  }
}

/** What the scripts of one intent name as KEYS; each list is made when it is asked for. */
export const keysOfIntent = (prefix: string, partitions: number) => (intentId: IntentId) => {
  const keys = intentKeys(prefix, partitionOf(intentId, partitions))
  const read = () => [keys.stamp, keys.record(intentId), keys.tombstone(intentId)]
  const own = () => [...read(), keys.tokens(intentId)]
  return {
    read,
    claim: () => [...own(), keys.list("claimed"), keys.list("failed"), keys.list("accepted"), keys.provable],
    accept: () => [...own(), keys.list("accepted"), keys.list("failed")],
    judge: () => [...own(), ...listed.map(keys.list), keys.provable],
    receipt: (mark: string | undefined) => (mark === undefined ? [] : [keys.receipt(mark)])
  }
}
