import type { NewEntry } from "../../../src/inbound/event-log/event-log.ts"
import { keysOf } from "../keys.ts"
import { addBuckets, type MarkTable } from "../marks/mark-table.ts"

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

/**
 * Adds the keys of one partition of a batch to `names`, and returns the part of ARGV by which the script tells them
 * apart.
 */
export const addKeys = (
  names: Array<string>,
  { keys, fixed }: LogKeys,
  table: MarkTable,
  addresses: ReadonlyArray<number>
): string => {
  for (const name of fixed) names.push(name)
  return addBuckets(names, keys.marks, table, addresses, true)
}

const sortOf = (sort: NewEntry["sort"], consumers: NewEntry["consumers"]): string => {
  if (sort === "quarantine") return "q"
  const runtime = consumers.includes("runtime")
  if (consumers.includes("ledger")) return runtime ? "b" : "l"
  return runtime ? "r" : "n"
}

/** Encodes the heads of the entries as text, and all their records as UTF-8. */
export const packEntries = (entries: ReadonlyArray<NewEntry>): readonly [heads: string, records: Buffer] => {
  const records = Buffer.allocUnsafe(entries.reduce((sum, entry) => sum + mostBytes(entry), 0))
  let heads = ""
  let end = 0
  for (const { key, sort, consumers, record, sealed } of entries) {
    const begin = end
    end += records.write(record, end)
    if (sealed !== undefined) {
      records[end] = lineBreak
      end += 1 + records.write(sealed, end + 1)
    }
    heads += `${key} ${sortOf(sort, consumers)} ${end - begin} `
  }
  return [heads, records.subarray(0, end)]
}

const lineBreak = 0x0a

/** Returns an upper bound of the bytes of an entry: a UTF-16 unit takes at most three bytes of UTF-8. */
const mostBytes = ({ record, sealed = "" }: NewEntry) => 3 * (record.length + sealed.length) + 1
