import type { IntentId } from "../../../src/domain/ids.ts"
import { partitionOf } from "../../../src/partition/partitions.ts"
import { keysOf } from "../keys.ts"

/** Lists the states that have a list of intents, in the order of KEYS. */
export const listedStates = ["claimed", "in_doubt", "sent", "failed", "disputed", "accepted"] as const

/** Lists the states whose intents are archived, in the order of KEYS. */
export const archivedStates = ["sent", "failed"] as const
export type ArchivedState = (typeof archivedStates)[number]

/**
 * Returns the keys of a partition's intents, all under its hash tag, as `keysOf` writes it. The keys of one intent hold
 * its id, which is a hash.
 */
export const intentKeys = (prefix: string, partition: number) => {
  const of = (what: string) => `${prefix}:{p${partition}}:${what}`
  return {
    stamp: keysOf(prefix, partition).of("stamp"),
    record: (intentId: string) => of(`intent:${intentId}`),
    tombstone: (intentId: string) => of(`tombstone:${intentId}`),
    tokens: (intentId: string) => of(`tokens:${intentId}`),
    list: (state: string) => of(`intents:${state}`),
    provable: of("intents:provable"),
    /** Fields of the table of tombstones, and the last entry of each state's archive. */
    archive: of("archive"),
    /** Archived intents of one state, in the order in which they settled. */
    archived: (state: ArchivedState) => of(`archive:${state}`),
    /** A bucket of tombstones of one generation. The name is short, because there is one for about every 50 intents. */
    tombstones: (generation: number, bucket: number) => of(`t:${generation}:${bucket}`),
    receipt: (mark: string) => of(`receipt:${mark}`),
    fingerprint: (fingerprint: string) => of(`fingerprint:${fingerprint}`)
  }
}

/** Makes once the keys that all intents of a partition share. */
const partOf = (prefix: string, partition: number) => {
  const keys = intentKeys(prefix, partition)
  return {
    ...keys,
    claim: [keys.list("claimed"), keys.list("failed"), keys.list("accepted"), keys.provable],
    accept: [keys.list("accepted"), keys.list("failed")],
    read: archivedStates.map(keys.archived),
    judge: [...listedStates.map(keys.list), keys.provable]
  }
}

/** Returns the KEYS of the scripts of one intent. */
export const keysOfIntent = (prefix: string, partitions: number) => {
  const parts = Array.from({ length: partitions }, (_, partition) => partOf(prefix, partition))
  const of = (intentId: IntentId) => {
    const partition = partitionOf(intentId, partitions)
    return parts[partition] ?? partOf(prefix, partition)
  }
  const own = (part: ReturnType<typeof partOf>, intentId: IntentId, ...more: ReadonlyArray<string>) => [
    part.stamp,
    part.record(intentId),
    part.tombstone(intentId),
    part.tokens(intentId),
    ...more
  ]
  return {
    /** `tombstone` are the keys by which a script finds the tombstone of an archived intent. */
    read: (intentId: IntentId, tombstone: ReadonlyArray<string>) => {
      const part = of(intentId)
      return [part.stamp, part.record(intentId), part.tombstone(intentId), ...tombstone, ...part.read]
    },
    claim: (intentId: IntentId, tombstone: ReadonlyArray<string>, fingerprints: ReadonlyArray<string> = []) => {
      const part = of(intentId)
      const keys = own(part, intentId, ...part.claim, ...tombstone)
      for (const fingerprint of fingerprints) keys.push(part.fingerprint(fingerprint))
      return keys
    },
    accept: (intentId: IntentId, tombstone: ReadonlyArray<string>) => {
      const part = of(intentId)
      return own(part, intentId, ...part.accept, ...tombstone)
    },
    /** Returns the keys of a script that judges an attempt; `mark` is the hash of the receipt, when there is one. */
    judge: (intentId: IntentId, mark?: string) => {
      const part = of(intentId)
      const keys = own(part, intentId, ...part.judge)
      if (mark !== undefined) keys.push(part.receipt(mark))
      return keys
    }
  }
}
