import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Semaphore from "effect/Semaphore"
import { readBack } from "../outbound/doubt/read-back.ts"
import { archiveEnded, laneSlots, performLanes, requeueOrphans } from "../outbound/queue/worker.ts"
import { workPartitions } from "../partition/work.ts"
import { Breaker } from "./deliver/circuit-breaker.ts"
import { deliverEvents } from "./deliver/worker.ts"
import { EventLog, type Ownership } from "./event-log/event-log.ts"
import { Failovers } from "./event-log/failovers.ts"
import { type OwnApps, ownApps } from "./reconcile/echoes.ts"
import { reconcile, reconcileAgain } from "./reconcile/reconcile.ts"
import { replyGate, sendReplies } from "./replies/worker.ts"

/** Milliseconds between two sweeps of a partition: as a rule, and while the store is filling. */
const sweepPauseMs = { done: 2_000, filling: 250 } as const

/** Deletes expired entries of a partition until interrupted. When the store is away, the next sweep retries. */
export const sweepEventLog = (owner: Ownership): Effect.Effect<never, never, EventLog> =>
  Effect.gen(function* () {
    const log = yield* EventLog
    const once = Effect.repeat(log.sweep(owner), { while: (answer) => answer === "more" })
    return yield* Effect.orElseSucceed(once, () => "done" as const).pipe(
      Effect.flatMap((answer) => Effect.sleep(answer === "filling" ? sweepPauseMs.filling : sweepPauseMs.done)),
      Effect.forever
    )
  })

/**
 * Makes a worker that ends when the store fails over, which restarts all workers of its partition: the store may have lost
 * positions and owners. After the restart it applies the statuses of the last hour again (G22).
 */
const makeFailoverRestart = Effect.fnUntraced(function* (apps: OwnApps) {
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

/** Deliveries to the runtime that this process makes at once. */
const maxDeliveries = 64

/**
 * Runs the workers of this replica's partitions. They give statuses to the ledger, and send accepted intents and the
 * runtime's replies to the providers. With `push`, they also deliver events to the runtime.
 */
export const layer = (options: { readonly replica: string; readonly push: boolean }) =>
  Layer.effectDiscard(
    Effect.gen(function* () {
      const gate = { slots: Semaphore.makeUnsafe(maxDeliveries), ...(yield* Breaker) }
      const turns = Semaphore.makeUnsafe(laneSlots)
      const replies = replyGate()
      const apps = ownApps()
      const restartOnFailover = yield* makeFailoverRestart(apps)
      yield* Effect.forkScoped(
        workPartitions(options.replica, (owner) =>
          Effect.raceAllFirst([
            restartOnFailover(owner),
            options.push ? deliverEvents(owner, gate) : Effect.never,
            reconcile(owner, apps),
            performLanes(owner, turns),
            requeueOrphans(owner),
            archiveEnded(owner),
            readBack(owner),
            sweepEventLog(owner),
            sendReplies(owner, replies)
          ])
        )
      )
    })
  )
