import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Semaphore from "effect/Semaphore"
import { laneSlots, performLanes } from "../outbound/queue/worker.ts"
import { readBack } from "../outbound/doubt/read-back.ts"
import { requeueOrphans } from "../outbound/queue/requeue-orphans.ts"
import { workPartitions } from "../partition/work.ts"
import { makeFailoverRestart } from "./reconcile/restart-on-failover.ts"
import { Breaker } from "./deliver/circuit-breaker.ts"
import { ownApps } from "./reconcile/own-apps.ts"
import { deliverEvents } from "./deliver/worker.ts"
import { sendReplies, replyGate } from "./replies/worker.ts"
import { reconcile } from "./reconcile/reconcile.ts"
import { sweepEventLog as sweepLog } from "./event-log/sweep.ts"

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
            readBack(owner),
            sweepLog(owner),
            sendReplies(owner, replies)
          ])
        )
      )
    })
  )
