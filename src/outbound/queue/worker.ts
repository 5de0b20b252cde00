import * as Effect from "effect/Effect"
import * as FiberSet from "effect/FiberSet"
import * as Semaphore from "effect/Semaphore"
import { retryUntilStored } from "../../concurrency/retry.ts"
import type { ConversationId } from "../../domain/ids.ts"
import type { Owner } from "../../partition/hold.ts"
import { IntentLanes } from "./intent-lanes.ts"
import { LaneProcessor } from "./process-next.ts"

/** Lanes under way at once, in this process. */
export const laneSlots = 64
/** Turns that a lane takes before others are looked at. */
const turnsAtOnce = 16
/** A worker looks by itself this often, whatever it is told. */
const look = "500 millis"

/** The turns of one lane, one after the other, until it is empty, has to wait or has another owner. */
const run = Effect.fnUntraced(function* (owner: Owner, lane: ConversationId) {
  const lanes = yield* IntentLanes
  const turns = yield* LaneProcessor
  let answer = yield* retryUntilStored(lanes.advance(owner, lane, undefined))
  for (let taken = 1; answer !== "stale" && answer.first !== undefined; taken++) {
    const { first } = answer
    const turn = yield* turns.processNext(first)
    if (turn._tag === "RetryAfter") return void (yield* retryUntilStored(lanes.postpone(owner, lane, turn.millis)))
    answer = yield* retryUntilStored(lanes.advance(owner, lane, first))
    if (taken === turnsAtOnce) return void (yield* retryUntilStored(lanes.postpone(owner, lane, 0)))
  }
})

/**
 * Performs what was accepted: each lane in order, all lanes at once (G24). What waits, waits in the store. `slots` bounds
 * the lanes of the whole process. Never ends by itself, but where a lane died of a defect.
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
