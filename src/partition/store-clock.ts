import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"

/** The store's time (G8), estimated without a round trip: for times that others compare with their own clocks. */
export class StoreClock extends Context.Service<
  StoreClock,
  {
    /** Milliseconds since the epoch. */
    readonly now: Effect.Effect<number>
  }
>()("comporta/partition/StoreClock") {}

/** Clock of this process, for a store within it. */
export const own: Layer.Layer<StoreClock> = Layer.succeed(StoreClock, { now: Clock.currentTimeMillis })
