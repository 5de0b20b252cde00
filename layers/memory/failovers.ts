import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { Failovers } from "../../src/inbound/event-log/failovers.ts"

/** Failovers of a store in memory: there are none, and no record has to be read again. */
export const layer: Layer.Layer<Failovers> = Layer.succeed(Failovers, {
  count: Effect.succeed(0),
  beyond: () => Effect.never,
  lately: () => Effect.succeed({ records: [] })
})
