import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Latch from "effect/Latch"
import * as Layer from "effect/Layer"
import { Deployment } from "../partition/deployment.ts"
import type { Consumer } from "./event-log.ts"

/** Who waits: a consumer of the event log, or who performs the runtime's replies. */
export type Waiter = Consumer | "replies"

/** Tells the workers of a partition in this process that something was admitted. A hint: they look by themselves too. */
export class Wake extends Context.Service<
  Wake,
  {
    readonly notify: (partition: number, consumer: Waiter) => void
    /** Passes at once when there was a notice for this consumer since the last time. */
    readonly next: (consumer: Waiter, partition: number) => Effect.Effect<void>
  }
>()("comporta/inbound/Wake") {}

export const layer = Layer.effect(
  Wake,
  Effect.gen(function* () {
    const { partitions } = yield* Deployment
    const latches = {
      runtime: Array.from({ length: partitions }, () => Latch.makeUnsafe(false)),
      ledger: Array.from({ length: partitions }, () => Latch.makeUnsafe(false)),
      replies: Array.from({ length: partitions }, () => Latch.makeUnsafe(false))
    }
    return Wake.of({
      notify: (partition, consumer) => {
        latches[consumer][partition]?.openUnsafe()
      },
      next: (consumer, partition) => {
        const latch = latches[consumer][partition]
        return latch === undefined ? Effect.never : Effect.tap(latch.await, () => latch.close)
      }
    })
  })
)
