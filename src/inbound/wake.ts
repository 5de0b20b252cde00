import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Latch from "effect/Latch"
import * as Layer from "effect/Layer"
import { Deployment } from "../partition/deployment.ts"

/** Tells the workers of a partition in this process that something was admitted. A hint: they look by themselves too. */
export class Wake extends Context.Service<
  Wake,
  {
    readonly notify: (partition: number) => void
    /** Passes at once when there was a notice since the last time; `name` tells waiting workers apart. */
    readonly next: (name: "runtime" | "ledger", partition: number) => Effect.Effect<void>
  }
>()("comporta/inbound/Wake") {}

export const layer = Layer.effect(
  Wake,
  Effect.gen(function* () {
    const { partitions } = yield* Deployment
    const latches = {
      runtime: Array.from({ length: partitions }, () => Latch.makeUnsafe(false)),
      ledger: Array.from({ length: partitions }, () => Latch.makeUnsafe(false))
    }
    return Wake.of({
      notify: (partition) => {
        latches.runtime[partition]?.openUnsafe()
        latches.ledger[partition]?.openUnsafe()
      },
      next: (name, partition) => {
        const latch = latches[name][partition]
        return latch === undefined ? Effect.never : Effect.tap(latch.await, () => latch.close)
      }
    })
  })
)
