import { keysOf } from "../keys.ts"
import { bucketOf, fill, type MarkTable, sourceOf } from "./dedupe-table.ts"

/** Of a partition, as the script `admit` counts them. */
const kept = ["stamp", "counters", "log", "todo:runtime", "todo:ledger", "quarantine", "quarantine:items"] as const

/** The keys of one partition; `fixed` are those that every batch names. */
export interface Place {
  readonly keys: ReturnType<typeof keysOf>
  readonly fixed: ReadonlyArray<string>
}

/** The places of a store's partitions, each made once. */
export const placesOf = (prefix: string): ((partition: number) => Place) => {
  const places = new Map<number, Place>()
  return (partition) => {
    const known = places.get(partition)
    if (known !== undefined) return known
    const keys = keysOf(prefix, partition)
    const place = { keys, fixed: kept.map(keys.of) }
    places.set(partition, place)
    return place
  }
}

/** Buckets are made ahead of a batch as far as it needs them, and in this many steps at most. */
const maxSteps = 64

/** Adds the keys that one partition of a batch is asked with, and answers how the script tells them apart. */
export const addKeys = (
  names: Array<string>,
  { keys, fixed }: Place,
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
