import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { InfraError } from "../../../src/domain/failure.ts"
import { IntentId } from "../../../src/domain/ids.ts"
import type { IntentRecord, IntentState } from "../../../src/domain/intent.ts"
import {
  cursorOf,
  type IntentLedger,
  newestFirst,
  type Position,
  positionOf
} from "../../../src/outbound/intent-ledger.ts"
import type { Deployment } from "../../../src/partition/deployment.ts"
import { partitionOf } from "../../../src/partition/partitions.ts"
import type { Sealer } from "../../../src/secrets/sealer.ts"
import type { RedisStore } from "../client.ts"
import { unexpectedReply } from "../failure.ts"
import { asInteger, asTexts } from "../reply.ts"
import { intentKeys } from "./keys.ts"
import { collect, oldest, page as pageScript } from "./page.ts"
import { decodeRecord } from "./record.ts"

interface Place extends Position {
  readonly intentId: IntentId
}

const decodePlaces = Schema.decodeUnknownEffect(
  Schema.Array(Schema.Struct({ intentId: IntentId, at: Schema.FiniteFromString }))
)
const decodeCollected = Schema.decodeUnknownEffect(
  Schema.TupleWithRest(Schema.Tuple([Schema.Finite]), [Schema.Array(Schema.String)])
)

/** Looking over all partitions at once: first where intents stand, then the records of one page. */
export const listing = (
  store: RedisStore["Service"],
  deployment: Deployment["Service"],
  sealer: Sealer["Service"]
): Pick<IntentLedger["Service"], "list" | "oldestDoubt"> => {
  const partitions = Array.from({ length: deployment.partitions }, (_, partition) => partition)
  const everywhere = <A>(one: (partition: number) => Effect.Effect<A, InfraError>) =>
    Effect.forEach(partitions, one, { concurrency: "unbounded" })

  const places = (state: IntentState, many: number, after: Position | undefined) => (partition: number) => {
    const keys = intentKeys(store.prefix, partition)
    const args = [deployment.id, state, many, after?.at ?? "", after?.intentId ?? ""]
    return store.run(pageScript, [keys.stamp, keys.list(state), keys.list("claimed")], args).pipe(
      Effect.flatMap(asTexts(pageScript.name)),
      Effect.flatMap((found) => {
        const pairs = found.flatMap((text, at) => (at % 2 === 0 ? [{ intentId: text, at: found[at + 1] }] : []))
        return Effect.mapError(decodePlaces(pairs), () => unexpectedReply(pageScript.name))
      })
    )
  }

  const records = (state: IntentState, wanted: ReadonlyArray<Place>) =>
    Effect.fnUntraced(function* (partition: number) {
      const ids = wanted
        .map(({ intentId }) => intentId)
        .filter((intentId) => partitionOf(intentId, deployment.partitions) === partition)
      if (ids.length === 0) return []
      const keys = intentKeys(store.prefix, partition)
      const named = [keys.stamp, keys.list(state), ...ids.map(keys.record)]
      const answer = yield* store.run(collect, named, [deployment.id, ...ids])
      const [now, ...found] = yield* Effect.mapError(decodeCollected(answer), () => unexpectedReply(collect.name))
      const read: Array<IntentRecord> = []
      for (const [at, intentId] of ids.entries()) {
        const fields = found[at] ?? []
        if (fields.length > 0) read.push((yield* decodeRecord(sealer, collect.name, intentId, now, fields)).record)
      }
      return read.filter((record) => record.state === state)
    })

  return {
    list: Effect.fnUntraced(function* (state: IntentState, page: { readonly limit: number; readonly cursor?: string }) {
      const after = page.cursor === undefined ? undefined : positionOf(page.cursor)
      if (page.cursor !== undefined && after === undefined) return { intents: [] }
      const found = yield* everywhere(places(state, page.limit + 1, after))
      const standing = found.flat().sort(newestFirst)
      const wanted = standing.slice(0, page.limit)
      const read = new Map(
        (yield* everywhere(records(state, wanted))).flat().map((record) => [record.intentId, record])
      )
      const intents = wanted.flatMap(({ intentId }) => read.get(intentId) ?? [])
      const last = wanted.at(-1)
      return { intents, ...(last !== undefined && standing.length > wanted.length ? { next: cursorOf(last) } : {}) }
    }),
    oldestDoubt: Effect.map(
      everywhere((partition) => {
        const keys = intentKeys(store.prefix, partition)
        return store
          .run(oldest, [keys.stamp, keys.list("in_doubt"), keys.list("claimed")], [deployment.id])
          .pipe(Effect.flatMap(asInteger(oldest.name)))
      }),
      (ages) => Math.max(0, ...ages)
    )
  }
}
