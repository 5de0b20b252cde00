import * as Effect from "effect/Effect"
import type { Owner } from "../../partition/hold.ts"
import { Deployment } from "../../deployment/deployment.ts"
import { partitionOf } from "../../partition/partitions.ts"
import { IntentLanes, type LaneEntry } from "./intent-lanes.ts"
import { IntentLedger } from "../ledger/intent-ledger.ts"
import type { Cursor } from "../ledger/cursor.ts"

/** Maximum number of accepted intents read in one round. */
const page = 500
const every = "10 seconds"

/**
 * Puts accepted intents back into their lanes when their entries are missing: a replica died between the record and the entry,
 * or the store lost the entry (G24). Existing entries keep their position. Removes ended intents from the open lists. Never
 * ends.
 */
export const requeueOrphans = (owner: Owner): Effect.Effect<never, never, IntentLedger | IntentLanes | Deployment> =>
  Effect.gen(function* () {
    const ledger = yield* IntentLedger
    const lanes = yield* IntentLanes
    const { partitions } = yield* Deployment
    let after: Cursor | undefined

    const round = Effect.gen(function* () {
      const waiting = yield* ledger.waiting(owner.partition, after, page)
      const entries = waiting.flatMap(({ lane, intentId }) => (lane === undefined ? [] : [{ lane, intentId }]))
      const byPartition = new Map<number, Array<LaneEntry>>()
      for (const entry of entries) {
        const partition = partitionOf(entry.lane, partitions)
        byPartition.set(partition, [...(byPartition.get(partition) ?? []), entry])
      }
      for (const [partition, some] of byPartition) yield* lanes.enqueue(partition, some)
      yield* ledger.tidy(owner.partition)
      const last = waiting.at(-1)
      const more = last !== undefined && waiting.length === page
      after = more ? { at: last.acceptedAt, intentId: last.intentId } : undefined
    })
    return yield* Effect.forever(Effect.andThen(Effect.ignore(round), Effect.sleep(every)))
  })
