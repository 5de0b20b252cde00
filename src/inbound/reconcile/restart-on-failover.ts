import * as Effect from "effect/Effect"
import type { Ownership } from "../event-log/event-log.ts"
import { Failovers } from "../event-log/failovers.ts"
import type { OwnApps } from "./own-apps.ts"
import { reconcileAgain } from "./reconcile.ts"

/**
 * Ends where the store has failed over, so that the worker of a partition begins again from what the store says now: what
 * was lost may have taken places and owners with it. The next worker reads the last hour of statuses again (G22).
 */
export const makeAfresh = Effect.fnUntraced(function* (apps: OwnApps) {
  const failovers = yield* Failovers
  const start = yield* failovers.count
  /** After how many failovers a partition was read again. */
  const read = new Map<number, number>()
  return Effect.fnUntraced(function* (owner: Ownership) {
    const count = yield* failovers.count
    const due = count > start && read.get(owner.partition) !== count
    const again = Effect.andThen(
      reconcileAgain(owner, apps),
      Effect.sync(() => read.set(owner.partition, count))
    )
    yield* Effect.raceFirst(failovers.beyond(count), Effect.andThen(due ? again : Effect.void, Effect.never))
  })
})
