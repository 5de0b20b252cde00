import * as Effect from "effect/Effect"
import type { Ownership } from "../event-log/event-log.ts"
import { Failovers } from "../event-log/failovers.ts"
import type { OwnApps } from "./own-apps.ts"
import { reconcileAgain } from "./reconcile.ts"

/**
 * Makes a worker that ends when the store fails over, which restarts all workers of its partition: the store may have lost
 * positions and owners. After the restart it applies the statuses of the last hour again (G22).
 */
export const makeFailoverRestart = Effect.fnUntraced(function* (apps: OwnApps) {
  const failovers = yield* Failovers
  const start = yield* failovers.count
  /** Number of failovers when the statuses of a partition were last applied again. */
  const applied = new Map<number, number>()
  return Effect.fnUntraced(function* (owner: Ownership) {
    const count = yield* failovers.count
    const due = count > start && applied.get(owner.partition) !== count
    const again = Effect.andThen(
      reconcileAgain(owner, apps),
      Effect.sync(() => applied.set(owner.partition, count))
    )
    yield* Effect.raceFirst(failovers.beyond(count), Effect.andThen(due ? again : Effect.void, Effect.never))
  })
})
