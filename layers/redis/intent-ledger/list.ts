import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { InfraError } from "../../../src/domain/failure.ts"
import { ConversationId, IntentId } from "../../../src/domain/ids.ts"
import type { IntentRecord, IntentState } from "../../../src/domain/intent.ts"
import {
  cursorOf,
  type IntentLedger,
  newestFirst,
  type Cursor,
  positionOf
} from "../../../src/outbound/ledger/intent-ledger.ts"
import { partitionOf } from "../../../src/partition/partitions.ts"
import { unexpectedReply } from "../failure.ts"
import { asInteger, asTexts } from "../scripting/reply.ts"
import { type ArchiveReader, decodeArchived, listArchived } from "./archive.ts"
import { archivedStates, intentKeys } from "./keys.ts"
import { collectScript, firstScript, oldestScript, pageScript, tidyScript } from "./scripts/list-intents.ts"
import type { LedgerContext } from "./context.ts"
import { intentProofMethods } from "./provable.ts"
import { decodeIntentRecord } from "./codec.ts"
import { listOldestScript, readLanesScript, readScript } from "./scripts/read-intents.ts"

/** An intent of a list, with its record when it is archived. */
interface Place extends Cursor {
  readonly intentId: IntentId
  readonly packed?: Uint8Array
}

const decodePlaces = Schema.decodeUnknownEffect(
  Schema.Array(Schema.Struct({ intentId: IntentId, at: Schema.FiniteFromString }))
)

const placesIn = (operation: string) => (reply: unknown) =>
  asTexts(operation)(reply).pipe(
    Effect.map((found) => found.flatMap((text, at) => (at % 2 === 0 ? [{ intentId: text, at: found[at + 1] }] : []))),
    Effect.flatMap((pairs) => Effect.mapError(decodePlaces(pairs), () => unexpectedReply(operation)))
  )

const openStates = ["accepted", "claimed", "in_doubt"] as const

/** Entries of a list that one round of tidying reads. */
const tidied = 100

/** Milliseconds that exceed the wait of any intent. */
const forever = 1e12

const decodeLanes = Schema.decodeUnknownEffect(Schema.Array(Schema.Union([ConversationId, Schema.Literal("")])))

/** Lists intents over all partitions at once: first the ids in order, then the records of one page. */
export const intentListMethods = (
  context: LedgerContext,
  { find }: ArchiveReader
): Pick<
  IntentLedger["Service"],
  "list" | "tidy" | "oldestDoubt" | "oldestAccepted" | "waiting" | "provable" | "unindexed" | "receiptOf"
> => {
  const { store, deployment, reading } = context
  const partitions = Array.from({ length: deployment.partitions }, (_, partition) => partition)
  const everywhere = <A>(one: (partition: number) => Effect.Effect<A, InfraError>) =>
    Effect.forEach(partitions, one, { concurrency: "unbounded" })

  const places = (state: IntentState, many: number, after: Cursor | undefined) => (partition: number) => {
    const keys = intentKeys(store.prefix, partition)
    const args = [deployment.id, state, many, after?.at ?? "", after?.intentId ?? ""]
    return store
      .run(pageScript, [keys.stamp, keys.list(state), keys.list("claimed")], args)
      .pipe(Effect.flatMap(placesIn(pageScript.name)))
  }

  /** Lists the archived intents of a state after a cursor, newest first. */
  const archived =
    (state: IntentState, many: number, after: Cursor | undefined) =>
    (partition: number): Effect.Effect<ReadonlyArray<Place>, InfraError> => {
      const one = archivedStates.find((name) => name === state)
      if (one === undefined) return Effect.succeed([])
      const limit = many + 1
      const from = (high: string, before: ReadonlyArray<Place>): Effect.Effect<ReadonlyArray<Place>, InfraError> =>
        Effect.flatMap(listArchived(context, partition, one, { order: "newest", low: "-", high, limit }), (found) => {
          const all = [...before, ...found.filter((place) => after === undefined || newestFirst(after, place) < 0)]
          const last = found.at(-1)
          return all.length >= many || last === undefined || found.length < limit
            ? Effect.succeed(all)
            : from(`(${last.entry}`, all)
        })
      return from(after === undefined ? "+" : `${after.at}`, [])
    }

  const records = (state: IntentState, wanted: ReadonlyArray<Place>) =>
    Effect.fnUntraced(function* (partition: number) {
      const ids = wanted
        .map(({ intentId }) => intentId)
        .filter((intentId) => partitionOf(intentId, deployment.partitions) === partition)
      if (ids.length === 0) return []
      const keys = intentKeys(store.prefix, partition)
      const { now, records: found } = yield* context.collect(keys, keys.list(state), ids)
      const read: Array<IntentRecord> = []
      for (const [at, intentId] of ids.entries()) {
        const fields = found[at] ?? []
        // Archived since its list was read.
        const one = fields.length > 0 ? { now, fields } : yield* find(readScript, intentId)
        if (one !== undefined && one !== "expired")
          read.push((yield* decodeIntentRecord(reading, collectScript.name, intentId, one.now, one.fields)).record)
      }
      return read.filter((record) => record.state === state)
    })

  const oldestIn = (states: ReadonlyArray<string>, within: number) =>
    Effect.map(
      everywhere((partition) => {
        const keys = intentKeys(store.prefix, partition)
        return store
          .run(oldestScript, [keys.stamp, ...states.map(keys.list)], [deployment.id, within])
          .pipe(Effect.flatMap(asInteger(oldestScript.name)))
      }),
      (ages) => Math.max(0, ...ages)
    )

  const tidyList = (keys: ReturnType<typeof intentKeys>) => (state: string) =>
    Effect.gen(function* () {
      const found = yield* store.run(firstScript, [keys.stamp, keys.list(state)], [deployment.id, tidied])
      const ids = yield* asTexts(firstScript.name)(found)
      if (ids.length === 0) return 0
      const named = [keys.stamp, keys.list(state), ...ids.map(keys.record)]
      return yield* Effect.flatMap(store.run(tidyScript, named, [deployment.id, ...ids]), asInteger(tidyScript.name))
    })

  return {
    list: Effect.fnUntraced(function* (state: IntentState, page: { readonly limit: number; readonly cursor?: string }) {
      const after = page.cursor === undefined ? undefined : positionOf(page.cursor)
      if (page.cursor !== undefined && after === undefined) return { intents: [] }
      // In this order, so that an intent that is archived meanwhile is found in one of them.
      const found = yield* everywhere(places(state, page.limit + 1, after))
      const stored = yield* everywhere(archived(state, page.limit + 1, after))
      const known = new Map<string, Place>([...found.flat(), ...stored.flat()].map((place) => [place.intentId, place]))
      const sorted = [...known.values()].sort(newestFirst)
      const wanted = sorted.slice(0, page.limit)
      const opened = yield* Effect.forEach(wanted, ({ intentId, at, packed }) =>
        packed === undefined ? Effect.undefined : decodeArchived(context, { intentId, at, packed })
      )
      const here = wanted.filter(({ packed }) => packed === undefined)
      const read = new Map(
        [...opened.filter((record) => record !== undefined), ...(yield* everywhere(records(state, here))).flat()].map(
          (record) => [record.intentId, record]
        )
      )
      const intents = wanted.flatMap(({ intentId }) => read.get(intentId) ?? [])
      const last = wanted.at(-1)
      return { intents, ...(last !== undefined && sorted.length > wanted.length ? { next: cursorOf(last) } : {}) }
    }),
    tidy: (partition) =>
      Effect.map(Effect.forEach(openStates, tidyList(intentKeys(store.prefix, partition))), (counts) =>
        counts.reduce((sum, count) => sum + count, 0)
      ),
    ...intentProofMethods(context),
    oldestDoubt: oldestIn(["in_doubt", "claimed"], reading.evidence),
    oldestAccepted: oldestIn(["accepted"], forever),
    waiting: Effect.fnUntraced(function* (partition: number, after: Cursor | undefined, limit: number) {
      const keys = intentKeys(store.prefix, partition)
      const args = [deployment.id, limit, after?.at ?? "", after?.intentId ?? ""]
      const found = yield* store
        .run(listOldestScript, [keys.stamp, keys.list("accepted")], args)
        .pipe(Effect.flatMap(placesIn(listOldestScript.name)))
      const places = found.slice(0, limit)
      if (places.length === 0) return []
      const named = [keys.stamp, ...places.map(({ intentId }) => keys.record(intentId))]
      const lanes = yield* store
        .run(readLanesScript, named, [deployment.id])
        .pipe(
          Effect.flatMap((reply) => Effect.mapError(decodeLanes(reply), () => unexpectedReply(readLanesScript.name)))
        )
      return places.map(({ intentId, at }, index) => ({ intentId, acceptedAt: at, lane: lanes[index] || undefined }))
    })
  }
}
