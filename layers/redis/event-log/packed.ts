import type { NewEntry } from "../../../src/inbound/event-log.ts"

const sortOf = (entry: NewEntry): string => {
  if (entry.sort === "quarantine") return "q"
  const runtime = entry.consumers.includes("runtime")
  if (entry.consumers.includes("ledger")) return runtime ? "b" : "l"
  return runtime ? "r" : "n"
}

/** The heads of the entries, and all their records in UTF-8. */
export const packed = (entries: ReadonlyArray<NewEntry>): readonly [heads: string, records: Buffer] => {
  const records = Buffer.allocUnsafe(entries.reduce((sum, { record }) => sum + record.length * 3, 0))
  let heads = ""
  let used = 0
  for (const entry of entries) {
    const bytes = records.write(entry.record, used)
    used += bytes
    heads += `${entry.key} ${sortOf(entry)} ${bytes} `
  }
  return [heads, records.subarray(0, used)]
}
