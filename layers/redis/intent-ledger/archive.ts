import { hash } from "node:crypto"
import * as Effect from "effect/Effect"
import type { InfraError } from "../../../src/domain/failure.ts"
import { IntentId } from "../../../src/domain/ids.ts"
import type { IntentRecord } from "../../../src/domain/intent.ts"
import type { IntentLedger } from "../../../src/outbound/ledger/intent-ledger.ts"
import { partitionOf } from "../../../src/partition/partitions.ts"
import { unexpectedReply, unreadableRecord } from "../failure.ts"
import { addBuckets, marksOf } from "../marks/mark-table.ts"
import { asInteger, asTexts } from "../scripting/reply.ts"
import type { Script } from "../scripting/script.ts"
import { fieldIn, mostBytes, packRecord, unpackRecord } from "./archive-codec.ts"
import { decodeIntentRecord } from "./codec.ts"
import { isList, isTime, isTimedRecord, type LedgerContext, type TimedRecord } from "./context.ts"
import { archivedStates, type ArchivedState, intentKeys } from "./keys.ts"
import {
  archiveScript,
  expireArchivedScript,
  expireTombstonesScript,
  fieldDigits,
  listArchivedScript,
  restoredField,
  restoreScript
} from "./scripts/archive.ts"
import { listOldestScript, readScript } from "./scripts/read-intents.ts"

const prefix = "int_"
const bytesOf = (intentId: IntentId): Buffer => Buffer.from(intentId.slice(prefix.length), "hex")
/** Reads bytes that a script returned as the letters of a text. */
const fromText = (text: string): Buffer => Buffer.from(text, "latin1")
const idOf = (text: string): IntentId => IntentId.make(`${prefix}${fromText(text).toString("hex")}`)

/** An intent in the archive. `entry` is its place there, and begins with the time at which it settled, in milliseconds. */
interface ArchivedIntent {
  readonly state: ArchivedState
  readonly entry: string
  readonly packed: Uint8Array
}

/** An archived intent as its record was: fields as the store returns them, and the time of the store. */
export interface FoundRecord {
  readonly now: number
  readonly fields: unknown
  /** Set when the record is archived. */
  readonly archived?: ArchivedIntent
}

type ArchivedReply = readonly [now: number, state: number, entry: string, packed: string]
type ReadReply = TimedRecord | ArchivedReply | "expired" | null

const isReadReply = (reply: unknown): reply is ReadReply => {
  if (reply === null || reply === "expired" || isTimedRecord(reply)) return true
  return isList(reply) && reply.length === 4 && isTime(reply[0])
}

const timeOf = (entry: string) => Number(entry.split("-", 1)[0])

/** Milliseconds of the last entry in a timeline. */
const lastStep = (timeline: string): number => Number(/(?:^|;)(\d+) [^;]*;$/.exec(timeline)?.[1] ?? 0)

/** Returns the bytes of a record's names and values, which JSON may lengthen up to six times. */
const lengthOf = (fields: ReadonlyArray<string>): number => fields.reduce((sum, text) => sum + 6 * text.length + 3, 2)

/** Returns a record without the time of its restoration. */
const withoutRestored = (fields: ReadonlyArray<string>): ReadonlyArray<string> =>
  fields.filter((_, at) => fields[at - (at % 2)] !== restoredField)

/** Returns the digest of a record that the script `archive intents` compares, so that a changed record is not archived. */
const digestOf = (fields: ReadonlyArray<string>): number =>
  fields.reduce((sum, name, at) => {
    if (at % 2 === 1) return sum
    const digest = hash("sha1", `${name}\n${fields[at + 1]}`, "hex")
    return sum + Number.parseInt(digest.slice(0, fieldDigits), 16)
  }, 0)

/** Times that an intent is restored for one call. */
const restores = 3

/** Reads records that may be archived, and restores one before a script changes it. */
export const archiveReader = (context: LedgerContext) => {
  const { store, deployment, sealer, keysOf, retention, askWithTombstone } = context

  const unpack = (script: Script, archived: ArchivedIntent) =>
    Effect.mapError(unpackRecord(sealer, archived.packed), () => unreadableRecord(script.name))

  /** Reads a record, wherever it is. Returns `undefined` when the intent is unknown. */
  const find = (script: Script, intentId: IntentId): Effect.Effect<FoundRecord | "expired" | undefined, InfraError> =>
    Effect.flatMap(
      askWithTombstone(script, intentId, (tombstone) => ({
        keys: keysOf.read(intentId, tombstone.keys),
        args: [bytesOf(intentId), ...tombstone.args, retention.intents]
      })),
      (reply): Effect.Effect<FoundRecord | "expired" | undefined, InfraError> => {
        if (!isReadReply(reply)) return Effect.fail(unexpectedReply(script.name))
        if (reply === null) return Effect.undefined
        if (reply === "expired") return Effect.succeed(reply)
        if (reply.length === 2) return Effect.succeed({ now: reply[0], fields: reply[1] })
        const [now, at, entry, packed] = reply
        const state = archivedStates[at]
        if (state === undefined) return Effect.fail(unexpectedReply(script.name))
        const archived = { state, entry, packed: fromText(packed) }
        return Effect.map(unpack(script, archived), (fields) => ({ now, fields, archived }))
      }
    )

  /** Restores an archived intent, so that a script finds its record. Returns `here` when the record was not archived. */
  const restore = Effect.fnUntraced(function* (
    intentId: IntentId
  ): Effect.fn.Return<"here" | "restored" | "expired" | "unknown", InfraError> {
    const found = yield* find(readScript, intentId)
    if (found === undefined) return "unknown"
    if (found === "expired") return found
    const { archived, fields } = found
    if (archived === undefined) return "here"
    const texts = yield* asTexts(readScript.name)(fields)
    const keys = intentKeys(store.prefix, partitionOf(intentId, deployment.partitions))
    const settled = Number(fieldIn(texts, "settled") || timeOf(archived.entry))
    yield* store.run(
      restoreScript,
      [
        keys.stamp,
        keys.record(intentId),
        keys.tombstone(intentId),
        keys.list(archived.state),
        keys.archived(archived.state)
      ],
      [
        deployment.id,
        intentId,
        archived.entry,
        bytesOf(intentId),
        settled,
        timeOf(archived.entry) + retention.intents,
        retention.tombstones,
        ...texts
      ]
    )
    return "restored"
  })

  return {
    find,
    restore,
    /**
     * Runs a script again, after its record was restored, when its answer says that there is no record. Returns
     * `expired` when only the tombstone is left, and the answer when there is nothing. Fails when the intent was archived
     * again each time.
     */
    orRestored: <A, B = A>(
      intentId: IntentId,
      run: Effect.Effect<A, InfraError>,
      isMissing: (answer: A) => boolean,
      expired: (answer: A) => A | B = (answer) => answer
    ): Effect.Effect<A | B, InfraError> => {
      const attempt = (left: number, wasHere: boolean): Effect.Effect<A | B, InfraError> =>
        Effect.flatMap(run, (answer) => {
          if (!isMissing(answer)) return Effect.succeed(answer)
          if (left === 0) return Effect.fail(unexpectedReply(restoreScript.name))
          return Effect.flatMap(restore(intentId), (restored) => {
            if (restored === "restored" || (restored === "here" && !wasHere)) {
              return attempt(left - 1, restored === "here")
            }
            return Effect.succeed(restored === "expired" ? expired(answer) : answer)
          })
        })
      return attempt(restores, false)
    }
  }
}

export type ArchiveReader = ReturnType<typeof archiveReader>

/** Intents that one script archives or deletes. */
const page = 100
/** Pages of one state that one round archives. */
const pagesOfRound = 10
/** Buckets of tombstones that one round looks through. */
const bucketsOfRound = 32

/** Reads a page of archived intents of one state, packed. */
export const listArchived = (
  { store, deployment }: LedgerContext,
  partition: number,
  state: ArchivedState,
  asked: { readonly order: "newest" | "oldest"; readonly low: string; readonly high: string; readonly limit: number }
) => {
  const keys = intentKeys(store.prefix, partition)
  return store
    .run(
      listArchivedScript,
      [keys.stamp, keys.archived(state)],
      [deployment.id, asked.order, asked.low, asked.high, asked.limit]
    )
    .pipe(
      Effect.flatMap(asTexts(listArchivedScript.name)),
      Effect.map((texts) =>
        Array.from({ length: Math.floor(texts.length / 3) }, (_, at) => {
          const [entry = "", id = "", packed = ""] = texts.slice(3 * at, 3 * at + 3)
          return { intentId: idOf(id), entry, at: timeOf(entry), packed: fromText(packed) }
        })
      )
    )
}

/** Decodes an archived intent. Returns `undefined` when it cannot be opened. */
export const decodeArchived = (
  { reading, sealer }: LedgerContext,
  { intentId, at, packed }: { readonly intentId: IntentId; readonly at: number; readonly packed: Uint8Array }
): Effect.Effect<IntentRecord | undefined, InfraError> =>
  Effect.matchEffect(unpackRecord(sealer, packed), {
    onFailure: () => Effect.undefined,
    onSuccess: (fields) =>
      Effect.map(decodeIntentRecord(reading, listArchivedScript.name, intentId, at, fields), ({ record }) => record)
  })

/** Archives settled intents and deletes what has expired, a round at a time for each partition. */
export const intentArchiveMethods = (context: LedgerContext): Pick<IntentLedger["Service"], "archive"> => {
  const { store, deployment, sealer, retention, tables, askWithTable, collect } = context
  /** Where the next round of each partition goes on: in each list of settled intents, and in the tombstones. */
  const places = new Map<string, { at: string; id: string }>()
  const cursors = new Map<number, { generation: number; bucket: number }>()

  const archiveSome = Effect.fnUntraced(function* (
    partition: number,
    state: ArchivedState,
    some: ReadonlyArray<{ readonly intentId: IntentId; readonly fields: ReadonlyArray<string> }>
  ) {
    const keys = intentKeys(store.prefix, partition)
    const { bytes, addresses } = marksOf(some.map(({ intentId }) => intentId))
    const each = yield* Effect.forEach(some, ({ intentId, fields }) =>
      Effect.map(packRecord(sealer, withoutRestored(fields)), (packed) => [
        intentId,
        bytesOf(intentId),
        digestOf(fields),
        Buffer.from(packed)
      ])
    )
    const reply = yield* askWithTable(archiveScript, partition, () => {
      const names = [keys.stamp, keys.archive, keys.archived(state), keys.list(state)]
      const shape = addBuckets(names, keys.tombstones, tables.get(partition), addresses, false)
      for (const { intentId } of some)
        names.push(keys.record(intentId), keys.tombstone(intentId), keys.tokens(intentId))
      return { keys: names, args: [state, retention.tombstones, shape, bytes, ...each.flat()] }
    })
    return typeof reply === "string" ? reply : yield* unexpectedReply(archiveScript.name)
  })

  /** Archives intents of one state from the place on at which the last round ended. Returns the number of archived ones. */
  const archiveState = Effect.fnUntraced(function* (partition: number, state: ArchivedState) {
    const keys = intentKeys(store.prefix, partition)
    const name = `${partition} ${state}`
    let place = places.get(name) ?? { at: "", id: "" }
    let archived = 0
    for (let pages = 0; pages < pagesOfRound; pages++) {
      const listed = yield* store
        .run(listOldestScript, [keys.stamp, keys.list(state)], [deployment.id, page, place.at, place.id])
        .pipe(Effect.flatMap(asTexts(listOldestScript.name)))
      const ids = listed.flatMap((id, at) => (at % 2 === 0 ? [IntentId.make(id)] : [])).slice(0, page)
      place = { at: "", id: "" }
      if (ids.length === 0) break
      const { now, records } = yield* collect(keys, keys.list(state), ids)
      const before = now - retention.settle
      const some = ids.flatMap((intentId, at) => {
        const fields = records[at] ?? []
        const touched = Math.max(lastStep(fieldIn(fields, "timeline")), Number(fieldIn(fields, restoredField)))
        const due = fieldIn(fields, "state") === state && touched <= before && lengthOf(fields) <= mostBytes
        return due ? [{ intentId, fields }] : []
      })
      if (some.length > 0) {
        const answer = yield* archiveSome(partition, state, some)
        if (answer === "early") return 0
        archived += [...answer].filter((letter) => letter === "a").length
      }
      const last = listed[2 * ids.length - 1] ?? ""
      if (ids.length < page || Number(last) > before) break
      place = { at: last, id: ids.at(-1) ?? "" }
    }
    places.set(name, place)
    return archived
  })

  const expireState = (partition: number, state: ArchivedState) => {
    const keys = intentKeys(store.prefix, partition)
    const some = store
      .run(expireArchivedScript, [keys.stamp, keys.archived(state)], [deployment.id, retention.intents, page])
      .pipe(Effect.flatMap(asInteger(expireArchivedScript.name)))
    return Effect.repeat(some, { times: pagesOfRound, while: (count) => count === page })
  }

  const expireTombstones = Effect.fnUntraced(function* (partition: number) {
    const keys = intentKeys(store.prefix, partition)
    const { generation, before } = tables.get(partition)
    const known = cursors.get(partition)
    const from = known?.generation === generation ? known.bucket : 0
    const buckets = Array.from({ length: Math.max(0, Math.min(bucketsOfRound, before - from)) }, (_, at) =>
      keys.tombstones(generation - 1, from + at)
    )
    // A table that this process has not read yet is of generation 0. The script then returns the present one.
    if (buckets.length === 0 && generation > 0) return void cursors.set(partition, { generation, bucket: 0 })
    const reply = yield* store.run(
      expireTombstonesScript,
      [keys.stamp, keys.archive, ...buckets],
      [deployment.id, retention.tombstones, generation, before]
    )
    if (typeof reply === "string") tables.read([partition], reply)
    else cursors.set(partition, { generation, bucket: from + buckets.length })
  })

  return {
    archive: Effect.fnUntraced(function* (partition: number) {
      let archived = 0
      for (const state of archivedStates) {
        archived += yield* archiveState(partition, state)
        yield* expireState(partition, state)
      }
      yield* expireTombstones(partition)
      return archived
    })
  }
}
