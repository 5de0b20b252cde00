import * as Effect from "effect/Effect"
import * as FiberSet from "effect/FiberSet"
import * as Semaphore from "effect/Semaphore"
import { retryUntilStored } from "../../concurrency/retry.ts"
import type { ConversationId } from "../../domain/ids.ts"
import type { Owner } from "../../partition/hold.ts"
import { IntentLanes } from "./intent-lanes.ts"
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
