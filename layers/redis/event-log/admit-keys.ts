import { keysOf } from "../keys.ts"
import { addressOf, bucketOf, fill, type MarkTable, sourceOf } from "./marks.ts"

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

/** What one partition of a batch is asked with: its keys, and how the script tells them apart. */
export const asked = ({ keys, fixed }: Place, table: MarkTable, digests: ReadonlyArray<Buffer>) => {
  const { generation, buckets, remembered, before } = table
  const addresses = digests.map(addressOf)
  const names = [...fixed]
  for (const address of addresses) names.push(keys.marks(generation, bucketOf(address, buckets)))
  if (before > 0) {
    for (const address of addresses) names.push(keys.marks(generation - 1, bucketOf(address, before)))
  }
  const wanted = Math.min(Math.ceil((remembered + digests.length) / fill), buckets + maxSteps)
  for (let next = buckets; next < wanted; next++) {
    names.push(keys.marks(generation, sourceOf(next)), keys.marks(generation, next))
  }
  const pairs = Math.max(0, wanted - buckets)
  return { names, shape: `${generation} ${buckets} ${before} ${digests.length} ${pairs} ` }
}
