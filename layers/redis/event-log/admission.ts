import * as Effect from "effect/Effect"
import type { InfraError } from "../../../src/domain/failure.ts"
import type { Admission, NewEntry } from "../../../src/inbound/event-log.ts"
import type { Retention } from "../../../src/inbound/retention.ts"
import type { RedisStore } from "../client.ts"
import { full, unexpectedReply } from "../failure.ts"
import { keysOf } from "../keys.ts"
import { admit, letters } from "./admit.ts"
import type { MarkTables } from "./mark-tables.ts"
import { addressOf, bucketOf, fill, markOf, type MarkTable, sourceOf } from "./marks.ts"

const sortOf = (entry: NewEntry): string => {
  if (entry.sort === "quarantine") return "q"
  const runtime = entry.consumers.includes("runtime")
  if (entry.consumers.includes("ledger")) return runtime ? "b" : "l"
  return runtime ? "r" : "n"
}

/** The heads of the entries, and all their records in UTF-8. */
const packed = (entries: ReadonlyArray<NewEntry>): readonly [heads: string, records: Buffer] => {
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

const isLetter = (letter: string): letter is keyof typeof letters => letter in letters

const admissionsOf = (answer: string, size: number): ReadonlyArray<Admission> | undefined => {
  if (answer.length !== size) return undefined
  const admissions = Array.from(answer).filter(isLetter)
  return admissions.length === size ? admissions.map((letter) => letters[letter]) : undefined
}

/** Buckets are made ahead of a batch as far as it needs them, and in this many steps at most. */
const maxSteps = 64

const bucketsOf = (
  marks: (generation: number, bucket: number) => string,
  table: MarkTable,
  digests: ReadonlyArray<Buffer>
): ReadonlyArray<string> => {
  const { generation, buckets, remembered, before } = table
  const addresses = digests.map(addressOf)
  const names = addresses.map((address) => marks(generation, bucketOf(address, buckets)))
  if (before > 0) for (const address of addresses) names.push(marks(generation - 1, bucketOf(address, before)))
  const wanted = Math.min(Math.ceil((remembered + digests.length) / fill), buckets + maxSteps)
  for (let next = buckets; next < wanted; next++) {
    names.push(marks(generation, sourceOf(next)), marks(generation, next))
  }
  return names
}

/** Another replica may change the table between two tries; that it always changes what this batch needs is not to be had. */
const tries = 8

/** Admits batches. As a rule the keys fit at the first try, by the table that the partition was last seen with. */
export const admission = (
  store: RedisStore["Service"],
  deployment: { readonly id: string; readonly partitions: number },
  retention: Retention,
  tables: MarkTables
) => {
  const cap = Math.floor(retention.quarantineBytes / deployment.partitions)

  const attempt = (
    partition: number,
    nonce: string,
    entries: ReadonlyArray<NewEntry>,
    digests: ReadonlyArray<Buffer>,
    left: number
  ): Effect.Effect<ReadonlyArray<Admission>, InfraError> => {
    const keys = keysOf(store.prefix, partition)
    const table = tables.get(partition)
    const args = [
      deployment.id,
      table.generation,
      table.buckets,
      table.before,
      retention.marks,
      retention.nonce,
      cap,
      Buffer.concat(digests),
      ...packed(entries)
    ]
    const names = [
      keys.of("stamp"),
      keys.of("counters"),
      keys.of("log"),
      keys.of("todo:runtime"),
      keys.of("todo:ledger"),
      keys.of("quarantine"),
      keys.of("quarantine:items"),
      keys.nonce(nonce),
      ...bucketsOf(keys.marks, table, digests)
    ]
    return Effect.flatMap(store.run(admit, names, args), (reply) => {
      const [answer, stands] = typeof reply === "string" ? tables.read(partition, reply) : []
      if (answer === "" && stands && entries.length > 0 && left > 1) {
        return attempt(partition, nonce, entries, digests, left - 1)
      }
      const admissions = answer === undefined ? undefined : admissionsOf(answer, entries.length)
      return admissions === undefined ? Effect.fail(unexpectedReply(admit.name)) : Effect.succeed(admissions)
    })
  }

  return (
    partition: number,
    { nonce, entries }: { readonly nonce: string; readonly entries: ReadonlyArray<NewEntry> }
  ): Effect.Effect<ReadonlyArray<Admission>, InfraError> =>
    Effect.suspend(() => {
      if (store.isFull()) return Effect.fail(full(admit.name))
      const digests = entries.map(({ key }) => markOf(key))
      return attempt(partition, nonce, entries, digests, tries)
    })
}
