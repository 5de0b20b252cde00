import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Semaphore from "effect/Semaphore"
import { type Worker, workPartitions } from "../partition/work.ts"
import { consume } from "./consume.ts"
import { lanes } from "./lanes.ts"
import { reconcile } from "./statuses.ts"

/** Deliveries to the runtime under way at once, in this process. */
const deliveries = 64

/** Works the partitions of this replica: statuses to the ledger and, where `push` is set, events to the runtime. */
export const layer = (options: { readonly replica: string; readonly push: boolean }) =>
  Layer.effectDiscard(
    Effect.gen(function* () {
      const slots = Semaphore.makeUnsafe(deliveries)
      const dispatch = options.push
        ? (owner: Parameters<Worker<never>>[0]) =>
            Effect.scoped(
              Effect.flatMap(lanes(owner, slots), ({ handle, broken }) =>
                Effect.raceFirst(consume(owner, "runtime", handle), Effect.andThen(broken, Effect.never))
              )
            )
        : () => Effect.never
      yield* Effect.forkScoped(
        workPartitions(options.replica, (owner) => Effect.raceFirst(dispatch(owner), reconcile(owner)))
      )
    })
  )
