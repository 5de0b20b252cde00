import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { FailureReport, InfraError } from "../../../src/domain/failure.ts"
import { IntentId } from "../../../src/domain/ids.ts"
import { IntentState } from "../../../src/domain/intent.ts"
import type { StoredIntent } from "../../../src/outbound/ledger/intent-ledger.ts"
import { unexpectedReply } from "../failure.ts"
import { asTexts } from "../scripting/reply.ts"
import { type LedgerContext, RecordReply } from "./context.ts"
import { eraseIntentScript, readSealedScript, scanListScript } from "./scripts/erase.ts"
import { type ArchiveReader, listArchived } from "./archive.ts"
import { fieldIn, unpackRecord } from "./archive-codec.ts"
import { archivedStates, type ArchivedState, intentKeys } from "./keys.ts"
import { failureText, sealedOf } from "./codec.ts"

/**
 * Lists where an intent may be, in the order of its life, so that an intent that moves during the scan is read again. An
 * intent may be restored from the archive, and may then be disputed, so the lists of those states are read once more
 * behind it. A cursor of an erasure holds the names.
 */
const order = [
  ...(["accepted", "claimed", "in_doubt", "disputed", "sent", "failed"] as const).map((list) => ({ name: list, list })),
  ...archivedStates.map((archive) => ({ name: `archive_${archive}`, archive })),
  ...([...archivedStates, "disputed"] as const).map((list) => ({ name: `again_${list}`, list }))
]
const decodeIds = Schema.decodeUnknownEffect(Schema.Array(IntentId))
const isState = Schema.is(IntentState)

const placeOf = (after: string) => {
  const [name = "", cursor = ""] = after.split(" ")
  const at = order.findIndex((one) => one.name === name)
  return at >= 0 && /^[\d-]{1,40}$/.test(cursor) ? { at, cursor } : { at: 0, cursor: "0" }
}

/** Parts of a record that erasure reads. A missing one is an empty text. */
interface SealedParts {
  readonly connector: string
  readonly account: string
  readonly lane: string
  readonly request: string
  readonly receipt: string
  readonly failure: string
  readonly reported: string
}

const partsOf = (fields: ReadonlyArray<string>): SealedParts => {
  const of = (name: string) => fieldIn(fields, name)
  return {
    connector: of("connector"),
    account: of("account"),
    lane: of("lane"),
    request: of("request"),
    receipt: of("receipt"),
    failure: of("failure"),
    reported: of("reported")
  }
}

/** Reads, page by page, the sealed data that intents hold, and erases it. */
export const intentEraseMethods = (context: LedgerContext, { orRestored }: ArchiveReader) => {
  const { store, deployment, sealer, ask, keysOf, kept, recordOf } = context
  const askErase = ask(Schema.NullOr(RecordReply))

  /** Opens a sealed text. Returns `undefined` when it cannot be opened. */
  const open = (sealed: string): Effect.Effect<string | undefined> =>
    sealed === "" ? Effect.succeed("") : Effect.orElseSucceed(sealer.open(sealed), () => undefined)

  /** Opens what an intent holds. Returns `undefined` when it holds nothing that is sealed. */
  const intentOf = Effect.fnUntraced(function* (
    intentId: IntentId,
    state: IntentState,
    { connector, account, lane, request, receipt, failure, reported }: SealedParts
  ): Effect.fn.Return<StoredIntent | undefined> {
    const sealed = [request, receipt, sealedOf(failure), sealedOf(reported)]
    if (sealed.join("") === "") return undefined
    const opened = yield* Effect.forEach(sealed, open)
    const said = opened.every((text) => text !== undefined) ? { says: opened.join("\n") } : {}
    return { intentId, state, connector, account, ...(lane === "" ? {} : { lane }), ...said }
  })

  /** Reads a page of archived intents. `last` is its end; absent when there are no more. */
  const readArchived = Effect.fnUntraced(function* (
    partition: number,
    state: ArchivedState,
    cursor: string,
    limit: number
  ) {
    const low = cursor === "0" ? "-" : `(${cursor}`
    const found = yield* listArchived(context, partition, state, { order: "oldest", low, high: "+", limit })
    const entries = yield* Effect.forEach(found, ({ intentId, packed }) =>
      Effect.matchEffect(unpackRecord(sealer, packed), {
        // A record that cannot be opened may name anyone.
        onFailure: () => Effect.succeed<StoredIntent>({ intentId, state }),
        onSuccess: (fields) => intentOf(intentId, state, partsOf(fields))
      })
    )
    const last = found.length < limit ? undefined : found.at(-1)?.entry
    return { entries: entries.filter((entry) => entry !== undefined), last }
  })

  const read = Effect.fnUntraced(function* (partition: number, ids: ReadonlyArray<IntentId>) {
    const keys = intentKeys(store.prefix, partition)
    const reply = yield* store.run(readSealedScript, [keys.stamp, ...ids.map(keys.record)], [deployment.id])
    const texts = yield* asTexts(readSealedScript.name)(reply)
    const entries: Array<StoredIntent> = []
    for (const [at, intentId] of ids.entries()) {
      const [state, connector = "", account = "", lane = "", request = "", ...rest] = texts.slice(8 * at, 8 * at + 8)
      const [receipt = "", failure = "", reported = ""] = rest
      if (!isState(state)) continue
      const parts = { connector, account, lane, request, receipt, failure, reported }
      const entry = yield* intentOf(intentId, state, parts)
      if (entry !== undefined) entries.push(entry)
    }
    return entries
  })

  return {
    stored: Effect.fnUntraced(function* (
      partition: number,
      limit: number,
      after: string = ""
    ): Effect.fn.Return<{ readonly entries: ReadonlyArray<StoredIntent>; readonly next?: string }, InfraError> {
      const { at, cursor } = placeOf(after)
      const place = order[at] ?? { name: "accepted", list: "accepted" }
      const following = order[at + 1]
      const later = following === undefined ? {} : { next: `${following.name} 0` }
      if ("archive" in place) {
        const { entries, last } = yield* readArchived(partition, place.archive, cursor, limit)
        return { entries, ...(last === undefined ? later : { next: `${place.name} ${last}` }) }
      }
      const keys = intentKeys(store.prefix, partition)
      const args = [deployment.id, cursor, limit]
      const reply = yield* store.run(scanListScript, [keys.stamp, keys.list(place.list)], args)
      const [on = "0", ...found] = yield* asTexts(scanListScript.name)(reply)
      const ids = yield* Effect.mapError(decodeIds(found), () => unexpectedReply(scanListScript.name))
      const entries = ids.length === 0 ? [] : yield* read(partition, ids)
      return { entries, ...(on === "0" ? later : { next: `${place.name} ${on}` }) }
    }),
    forget: Effect.fnUntraced(function* (intentId: IntentId, failure: FailureReport) {
      const run = askErase(eraseIntentScript, keysOf.judge(intentId), [intentId, ...kept, failureText(sealer, failure)])
      const answer = yield* orRestored(intentId, run, (found) => found === null)
      return answer === null ? undefined : yield* recordOf(eraseIntentScript, intentId, ...answer)
    })
  }
}
