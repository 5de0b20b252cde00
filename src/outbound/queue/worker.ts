import * as Effect from "effect/Effect"
import * as FiberSet from "effect/FiberSet"
import * as Semaphore from "effect/Semaphore"
import { retryUntilStored } from "../../concurrency/retry.ts"
import { Deployment } from "../../deployment/deployment.ts"
import type { ConversationId } from "../../domain/ids.ts"
import type { Owner } from "../../partition/hold.ts"
import { partitionOf } from "../../partition/partitions.ts"
import type { Cursor } from "../ledger/cursor.ts"
import { IntentLedger } from "../ledger/intent-ledger.ts"
import { IntentLanes, type LaneEntry } from "./intent-lanes.ts"
import { LaneProcessor } from "./process-next.ts"

/** Maximum number of concurrent lanes of this process. */
export const laneSlots = 64
/** Entries that a lane processes before other lanes get their turn. */
const entriesPerTurn = 16
/** Interval at which a worker polls for due lanes without a notification. */
const look = "500 millis"

/** Processes the entries of one lane in order, until it is empty, must wait or has another owner. */
const run = Effect.fnUntraced(function* (owner: Owner, lane: ConversationId) {
  const lanes = yield* IntentLanes
  const turns = yield* LaneProcessor
  let answer = yield* retryUntilStored(lanes.advance(owner, lane, undefined))
  for (let taken = 1; answer !== "stale" && answer.first !== undefined; taken++) {
    const { first } = answer
    const turn = yield* turns.processNext(first)
    if (turn._tag === "RetryAfter") return void (yield* retryUntilStored(lanes.postpone(owner, lane, turn.millis)))
    answer = yield* retryUntilStored(lanes.advance(owner, lane, first))
    if (taken === entriesPerTurn) return void (yield* retryUntilStored(lanes.postpone(owner, lane, 0)))
  }
})

/**
 * Performs accepted intents: each lane in order, all lanes concurrently (G24). Waiting intents stay in the store. `slots`
 * limits the lanes of the whole process. Never ends by itself, except when a lane dies of a defect.
 */
export const performLanes = (
  owner: Owner,
  slots: Semaphore.Semaphore
): Effect.Effect<never, never, IntentLanes | LaneProcessor> =>
  Effect.gen(function* () {
    const lanes = yield* IntentLanes
    const turns = yield* LaneProcessor
    const running = new Set<ConversationId>()
    const fibers = yield* FiberSet.make<void, never>()

    const begin = Effect.fnUntraced(function* (lane: ConversationId) {
      yield* Semaphore.take(slots, 1)
      running.add(lane)
      const ended = Effect.suspend(() => {
        running.delete(lane)
        return Semaphore.release(slots, 1)
      })
      yield* FiberSet.run(fibers, Effect.ensuring(run(owner, lane), ended))
    }, Effect.uninterruptible)

    const round = Effect.gen(function* () {
      const due = yield* lanes
        .due(owner.partition, running.size + laneSlots)
        .pipe(Effect.catch(() => Effect.as(Effect.sleep(look), [])))
      const fresh = due.filter((lane) => !running.has(lane))
      for (const lane of fresh) yield* begin(lane)
      if (fresh.length === 0) yield* Effect.timeoutOption(turns.next(owner.partition), look)
    })
    return yield* Effect.raceFirst(Effect.forever(round), Effect.andThen(FiberSet.join(fibers), Effect.never))
  }).pipe(Effect.scoped)

/** Maximum number of accepted intents read in one round. */
const orphansPerRound = 500
const orphanInterval = "10 seconds"

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
      const waiting = yield* ledger.waiting(owner.partition, after, orphansPerRound)
      const entries = waiting.flatMap(({ lane, intentId }) => (lane === undefined ? [] : [{ lane, intentId }]))
      const byPartition = new Map<number, Array<LaneEntry>>()
      for (const entry of entries) {
        const partition = partitionOf(entry.lane, partitions)
        byPartition.set(partition, [...(byPartition.get(partition) ?? []), entry])
      }
      for (const [partition, some] of byPartition) yield* lanes.enqueue(partition, some)
      yield* ledger.tidy(owner.partition)
      const last = waiting.at(-1)
      const more = last !== undefined && waiting.length === orphansPerRound
      after = more ? { at: last.acceptedAt, intentId: last.intentId } : undefined
    })
    return yield* Effect.forever(Effect.andThen(Effect.ignore(round), Effect.sleep(orphanInterval)))
  })

const archiveEvery = "10 seconds"
/** Intents archived in one round after which more are waiting, so that the next round comes soon. */
const manyArchived = 500
const archiveSoon = "2 seconds"

/**
 * Archives the ended intents of a partition a while after their last change, and deletes what has expired. When the store is
 * away, the next round retries. Never ends.
 */
export const archiveEnded = (owner: Owner): Effect.Effect<never, never, IntentLedger> =>
  Effect.gen(function* () {
    const ledger = yield* IntentLedger
    const round = Effect.orElseSucceed(ledger.archive(owner.partition), () => 0)
    const pause = (archived: number) => Effect.sleep(archived < manyArchived ? archiveEvery : archiveSoon)
    return yield* Effect.andThen(Effect.sleep(archiveEvery), Effect.forever(Effect.flatMap(round, pause)))
  })
