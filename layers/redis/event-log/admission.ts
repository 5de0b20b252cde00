import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type { InfraError } from "../../../src/domain/failure.ts"
import type { Admission, NewEntry } from "../../../src/inbound/event-log.ts"
import type { Retention } from "../../../src/inbound/retention.ts"
import type { RedisStore, Reply } from "../client.ts"
import { unexpectedReply } from "../failure.ts"
import { keysOf } from "../keys.ts"
import { admit, letters } from "./admit.ts"

/** An event id holds 16 bytes: 22 letters. Anything else stands for itself. */
const markOf = (key: string): string =>
  /^evt_[0-9a-f]{32}$/.test(key) ? Buffer.from(key.slice(4), "hex").toString("base64url") : key

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
    heads += `${markOf(entry.key)} ${entry.key} ${sortOf(entry)} ${bytes} `
  }
  return [heads, records.subarray(0, used)]
}

const isLetter = (letter: string): letter is keyof typeof letters => letter in letters

const admissionsOf = (reply: Reply, size: number): ReadonlyArray<Admission> | undefined => {
  if (typeof reply !== "string" || reply.length !== size) return undefined
  const admissions = Array.from(reply).filter(isLetter)
  return admissions.length === size ? admissions.map((letter) => letters[letter]) : undefined
}

/** Admits batches, and remembers each partition's generation: as a rule the keys fit at the first try. */
export const admission = (
  store: RedisStore["Service"],
  deployment: { readonly id: string; readonly partitions: number },
  retention: Retention
) => {
  const generations = new Map<number, number>()
  const cap = Math.floor(retention.quarantineBytes / deployment.partitions)

  const attempt = (
    partition: number,
    nonce: string,
    entries: ReadonlyArray<NewEntry>,
    generation: number,
    left: number
  ): Effect.Effect<ReadonlyArray<Admission>, InfraError> => {
    const keys = keysOf(store.prefix, partition)
    const args = [deployment.id, generation, retention.marks, retention.nonce, cap, ...packed(entries)]
    const names = [
      keys.of("stamp"),
      keys.of("counters"),
      keys.of("log"),
      keys.of("todo:runtime"),
      keys.of("todo:ledger"),
      keys.of("quarantine"),
      keys.nonce(nonce),
      keys.marks(generation - 2),
      keys.marks(generation - 1),
      keys.marks(generation),
      keys.marks(generation + 1)
    ]
    return Effect.flatMap(store.run(admit, names, args), (reply) => {
      if (typeof reply === "number" && left > 0) {
        generations.set(partition, reply)
        return attempt(partition, nonce, entries, reply, left - 1)
      }
      const admissions = admissionsOf(reply, entries.length)
      return admissions === undefined ? Effect.fail(unexpectedReply(admit.name)) : Effect.succeed(admissions)
    })
  }

  return Effect.fnUntraced(function* (
    partition: number,
    batch: { readonly nonce: string; readonly entries: ReadonlyArray<NewEntry> }
  ) {
    const here = Math.floor((yield* Clock.currentTimeMillis) / retention.marks)
    const generation = Math.max(here, generations.get(partition) ?? 0)
    return yield* attempt(partition, batch.nonce, batch.entries, generation, 2)
  })
}
