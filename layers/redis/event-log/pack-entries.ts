import type { NewEntry } from "../../../src/inbound/event-log/event-log.ts"

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
