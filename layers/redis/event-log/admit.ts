import * as Effect from "effect/Effect"
import type { InfraError } from "../../../src/domain/failure.ts"
import type { AdmitOutcome, Batch, LogPart } from "../../../src/inbound/event-log/event-log.ts"
import type { EventRetention } from "../../../src/inbound/event-log/retention.ts"
import type { RedisStore } from "../client.ts"
import { full, unexpectedReply } from "../failure.ts"
import { admitScript, letters } from "./scripts/admit.ts"
import { addKeys, type LogKeys, makeLogKeys, packEntries } from "./admit-arguments.ts"
import { type MarkBytes, marksOf, type MarkTables } from "../marks/mark-table.ts"
import { overPartitions } from "./calls.ts"

const isLetter = (letter: string): letter is keyof typeof letters => letter in letters

const admissionsOf = (answer: string, size: number): ReadonlyArray<AdmitOutcome> | undefined => {
  if (answer.length !== size) return undefined
  const admissions = Array.from(answer).filter(isLetter)
  return admissions.length === size ? admissions.map((letter) => letters[letter]) : undefined
}

interface Marked extends LogPart {
  readonly nonce: string
  readonly logKeys: LogKeys
  readonly marks: MarkBytes
}

/**
 * Number of attempts to admit a batch. Another replica may change the table between two attempts, but not what this
 * batch needs each time.
 */
const tries = 8

/**
 * Admits batches. The keys mostly fit at the first attempt, because they are named by the tables that the partitions
 * last returned.
 */
export const admitMethods = (
  store: RedisStore["Service"],
  deployment: { readonly id: string; readonly partitions: number },
  retention: EventRetention,
  tables: MarkTables
) => {
  const cap = Math.floor(retention.quarantineBytes / deployment.partitions)
  const logKeysOf = makeLogKeys(store.prefix)

  const attempt = (
    parts: ReadonlyArray<Marked>,
    left: number
  ): Effect.Effect<ReadonlyArray<AdmitOutcome>, InfraError> => {
    const [first] = parts
    if (first === undefined) return Effect.succeed([])
    const partitions = parts.map(({ partition }) => partition)
    const names = [first.logKeys.keys.of("stamp"), first.logKeys.keys.nonce(first.nonce)]
    let shapes = ""
    for (const { partition, logKeys, marks } of parts) {
      shapes += addKeys(names, logKeys, tables.get(partition), marks.addresses)
    }
    const entries = parts.flatMap((part) => part.entries)
    const args = [
      deployment.id,
      retention.marks,
      retention.nonce,
      cap,
      shapes,
      Buffer.concat(parts.map(({ marks }) => marks.bytes)),
      ...packEntries(entries)
    ]
    return Effect.flatMap(store.run(admitScript, names, args), (reply) => {
      const [answer, stands] = typeof reply === "string" ? tables.read(partitions, reply) : []
      if (answer === "" && stands && entries.length > 0 && left > 1) return attempt(parts, left - 1)
      const admissions = answer === undefined ? undefined : admissionsOf(answer, entries.length)
      return admissions === undefined ? Effect.fail(unexpectedReply(admitScript.name)) : Effect.succeed(admissions)
    })
  }

  const admitted = overPartitions((parts: ReadonlyArray<Marked>) => attempt(parts, tries))

  return ({ nonce, parts }: Batch): Effect.Effect<ReadonlyArray<AdmitOutcome>, InfraError> =>
    Effect.suspend(() => {
      if (store.isFull()) return Effect.fail(full(admitScript.name))
      const marked = parts.map(({ partition, entries }) => {
        const marks = marksOf(entries.map(({ key }) => key))
        return { nonce, partition, entries, marks, logKeys: logKeysOf(partition) }
      })
      return admitted(marked)
    })
}
