import * as Effect from "effect/Effect"
import type { InfraError } from "../../../src/domain/failure.ts"
import type { Admission, Batch, NewEntry, Part } from "../../../src/inbound/event-log.ts"
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

/** What one partition of a batch is asked with: its keys, and how the script tells them apart. */
const asked = (prefix: string, table: MarkTable, { partition, digests }: Marked) => {
  const keys = keysOf(prefix, partition)
  const { generation, buckets, remembered, before } = table
  const addresses = digests.map(addressOf)
  const names = kept.map(keys.of)
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

const kept = ["stamp", "counters", "log", "todo:runtime", "todo:ledger", "quarantine", "quarantine:items"] as const

interface Marked extends Part {
  readonly digests: ReadonlyArray<Buffer>
}

/** Another replica may change the table between two tries; that it always changes what this batch needs is not to be had. */
const tries = 8

/** Admits batches. As a rule the keys fit at the first try, by the tables that the partitions were last seen with. */
export const admission = (
  store: RedisStore["Service"],
  deployment: { readonly id: string; readonly partitions: number },
  retention: Retention,
  tables: MarkTables
) => {
  const cap = Math.floor(retention.quarantineBytes / deployment.partitions)

  const attempt = (
    first: number,
    nonce: string,
    parts: ReadonlyArray<Marked>,
    left: number
  ): Effect.Effect<ReadonlyArray<Admission>, InfraError> => {
    const partitions = parts.map(({ partition }) => partition)
    const questions = parts.map((part) => asked(store.prefix, tables.get(part.partition), part))
    const keys = keysOf(store.prefix, first)
    const names = [keys.of("stamp"), keys.nonce(nonce), ...questions.flatMap((question) => question.names)]
    const entries = parts.flatMap((part) => part.entries)
    const args = [
      deployment.id,
      retention.marks,
      retention.nonce,
      cap,
      questions.map(({ shape }) => shape).join(""),
      Buffer.concat(parts.flatMap(({ digests }) => digests)),
      ...packed(entries)
    ]
    return Effect.flatMap(store.run(admit, names, args), (reply) => {
      const [answer, stands] = typeof reply === "string" ? tables.read(partitions, reply) : []
      if (answer === "" && stands && entries.length > 0 && left > 1) return attempt(first, nonce, parts, left - 1)
      const admissions = answer === undefined ? undefined : admissionsOf(answer, entries.length)
      return admissions === undefined ? Effect.fail(unexpectedReply(admit.name)) : Effect.succeed(admissions)
    })
  }

  return ({ nonce, parts }: Batch): Effect.Effect<ReadonlyArray<Admission>, InfraError> =>
    Effect.suspend(() => {
      if (store.isFull()) return Effect.fail(full(admit.name))
      const [first] = parts
      if (first === undefined) return Effect.succeed([])
      const marked = parts.map((part) => ({ ...part, digests: part.entries.map(({ key }) => markOf(key)) }))
      return attempt(first.partition, nonce, marked, tries)
    })
}
