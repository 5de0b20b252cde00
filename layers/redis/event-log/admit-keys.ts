import { keysOf } from "../keys.ts"
import { bucketOf, fill, type MarkTable, sourceOf } from "./dedupe-table.ts"

/** Names the keys of a partition, in the order in which the script `admit` counts them. */
const kept = ["stamp", "counters", "log", "todo:runtime", "todo:ledger", "quarantine", "quarantine:items"] as const

/** Holds the keys of one partition; `fixed` are the ones that every batch names. */
export interface LogKeys {
  readonly keys: ReturnType<typeof keysOf>
  readonly fixed: ReadonlyArray<string>
}

/** Returns the keys of each partition of a store, and makes them once. */
export const makeLogKeys = (prefix: string): ((partition: number) => LogKeys) => {
  const made = new Map<number, LogKeys>()
  return (partition) => {
    const known = made.get(partition)
    if (known !== undefined) return known
    const keys = keysOf(prefix, partition)
    const logKeys = { keys, fixed: kept.map(keys.of) }
    made.set(partition, logKeys)
    return logKeys
  }
}

/** Most buckets that one batch may add to a partition's table. */
const maxSteps = 64

/**
 * Adds the keys of one partition of a batch to `names`, and returns the part of ARGV by which the script tells them
 * apart.
 */
export const addKeys = (
  names: Array<string>,
  { keys, fixed }: LogKeys,
  { generation, buckets, remembered, before }: MarkTable,
  addresses: ReadonlyArray<number>
): string => {
  for (const name of fixed) names.push(name)
  for (const address of addresses) names.push(keys.marks(generation, bucketOf(address, buckets)))
  if (before > 0) {
    for (const address of addresses) names.push(keys.marks(generation - 1, bucketOf(address, before)))
  }
  const wanted = Math.min(Math.ceil((remembered + addresses.length) / fill), buckets + maxSteps)
  for (let next = buckets; next < wanted; next++) {
    names.push(keys.marks(generation, sourceOf(next)), keys.marks(generation, next))
  }
  const pairs = Math.max(0, wanted - buckets)
  return `${generation} ${buckets} ${before} ${addresses.length} ${pairs} `
}
