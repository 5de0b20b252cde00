import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { InfraError } from "../../../src/domain/failure.ts"
import type { IntentId } from "../../../src/domain/ids.ts"
import { releasedTokenLife, type IntentRetention } from "../../../src/outbound/ledger/intent-ledger.ts"
import { Deployment } from "../../../src/deployment/deployment.ts"
import { partitionOf } from "../../../src/partition/partitions.ts"
import { Sealer } from "../../../src/secrets/sealer.ts"
import { RedisStore, type Script } from "../client.ts"
import { unexpectedReply } from "../failure.ts"
import { addressOfHex, bucketsOf, markHexOf, markTables } from "../marks/mark-table.ts"
import { intentKeys, keysOfIntent } from "./keys.ts"
import { decodeIntentRecord } from "./codec.ts"
import { collectScript } from "./scripts/list-intents.ts"

export const RecordReply = Schema.Tuple([Schema.Finite, Schema.Unknown])

/** The store's time in milliseconds, and the fields of a record as they arrive. */
export type TimedRecord = readonly [now: number, fields: unknown]

export const isList = (reply: unknown): reply is ReadonlyArray<unknown> => Array.isArray(reply)
/** Returns true when a reply is a time in milliseconds. */
export const isTime = (reply: unknown): reply is number => typeof reply === "number" && Number.isSafeInteger(reply)
export const isTimedRecord = (reply: unknown): reply is TimedRecord =>
  isList(reply) && reply.length === 2 && isTime(reply[0])

/** Number of attempts of a script whose keys are named by the table of tombstones, which may grow between two of them. */
const tries = 8

export type IntentKeys = ReturnType<typeof intentKeys>

const decodeCollected = Schema.decodeUnknownEffect(
  Schema.TupleWithRest(Schema.Tuple([Schema.Finite]), [Schema.Array(Schema.String)])
)

interface KeysAndArgs {
  readonly keys: ReadonlyArray<string>
  readonly args: ReadonlyArray<string | number | Buffer>
}

/** Keys and arguments by which a script finds the tombstone of an archived intent. */
interface TombstonePlace {
  readonly keys: ReadonlyArray<string>
  readonly args: readonly [mark: string, table: string, stays: number]
}

/**
 * Makes what every method about an intent needs: keys, retention, and functions that run a script and decode its reply.
 */
export const makeLedgerContext = Effect.fnUntraced(function* (retention: IntentRetention) {
  const store = yield* RedisStore
  const deployment = yield* Deployment
  const sealer = yield* Sealer
  const reading = { sealer, evidence: retention.evidence }

  const ask = <A>(reply: Schema.Codec<A, unknown>) => {
    const decode = Schema.decodeUnknownEffect(reply)
    return (script: Script, keys: ReadonlyArray<string>, args: ReadonlyArray<string | number>) =>
      store
        .run(script, keys, [deployment.id, ...args])
        .pipe(Effect.flatMap((answer) => Effect.mapError(decode(answer), () => unexpectedReply(script.name))))
  }
  /** Checks a script's reply without a schema, for the scripts of every send. */
  const checked =
    <A>(script: Script, is: (reply: unknown) => reply is A) =>
    (reply: Effect.Effect<unknown, InfraError>): Effect.Effect<A, InfraError> =>
      Effect.flatMap(reply, (answer) =>
        is(answer) ? Effect.succeed(answer) : Effect.fail(unexpectedReply(script.name))
      )
  const tables = markTables()
  const parts = Array.from({ length: deployment.partitions }, (_, partition) => intentKeys(store.prefix, partition))
  const tombstoneOf = (partition: number, intentId: IntentId): TombstonePlace => {
    const { archive, tombstones } = parts[partition] ?? intentKeys(store.prefix, partition)
    const table = tables.get(partition)
    const mark = markHexOf(intentId)
    return {
      keys: [archive, ...bucketsOf(tombstones, table, addressOfHex(mark))],
      args: [mark, `${table.generation} ${table.buckets} ${table.before}`, retention.tombstones]
    }
  }
  /**
   * Runs a script whose keys are named by a partition's table of tombstones. Runs it again when its keys did not fit the
   * table, which it then returned. Such a reply begins with a space.
   */
  const askWithTable = (
    script: Script,
    partition: number,
    call: () => KeysAndArgs
  ): Effect.Effect<unknown, InfraError> => {
    const attempt = (left: number): Effect.Effect<unknown, InfraError> =>
      Effect.suspend(() => {
        const { keys, args } = call()
        return Effect.flatMap(store.run(script, keys, [deployment.id, ...args]), (reply) => {
          if (typeof reply !== "string" || !reply.startsWith(" ")) return Effect.succeed(reply)
          return tables.read([partition], reply)[1] && left > 1
            ? attempt(left - 1)
            : Effect.fail(unexpectedReply(script.name))
        })
      })
    return attempt(tries)
  }
  /** Runs a script that looks for the tombstone of an intent. */
  const askWithTombstone = (script: Script, intentId: IntentId, call: (tombstone: TombstonePlace) => KeysAndArgs) => {
    const partition = partitionOf(intentId, deployment.partitions)
    return askWithTable(script, partition, () => call(tombstoneOf(partition, intentId)))
  }
  /** Reads the records of a list's intents, and the time. The list loses those that no longer belong to it. */
  const collect = (keys: IntentKeys, list: string, ids: ReadonlyArray<IntentId>) =>
    Effect.flatMap(
      store.run(collectScript, [keys.stamp, list, ...ids.map(keys.record)], [deployment.id, ...ids]),
      (reply) =>
        Effect.mapBoth(decodeCollected(reply), {
          onSuccess: ([now, ...records]) => ({ now, records }),
          onFailure: () => unexpectedReply(collectScript.name)
        })
    )
  const opened = (script: Script, intentId: IntentId, now: number, fields: unknown) =>
    decodeIntentRecord(reading, script.name, intentId, now, fields)

  return {
    store,
    deployment,
    sealer,
    reading,
    retention,
    tables,
    askWithTable,
    askWithTombstone,
    collect,
    keysOf: keysOfIntent(store.prefix, deployment.partitions),
    kept: [retention.intents, retention.tombstones] as const,
    tokenLife: releasedTokenLife,
    ask,
    checked,
    opened,
    recordOf: (script: Script, intentId: IntentId, now: number, fields: unknown) =>
      Effect.map(opened(script, intentId, now, fields), ({ record }) => record)
  }
})

export type LedgerContext = Effect.Success<ReturnType<typeof makeLedgerContext>>
