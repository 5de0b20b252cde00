import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import { EventLog, type Ownership } from "./event-log.ts"

/** Between two sweeps of a partition: short, so that a store that fills lets delivered events go in time. */
const every = "5 seconds"

/** Deletes expired entries for as long as the partition is ours. When the store is away, the next sweep tries again. */
export const sweep = (owner: Ownership): Effect.Effect<never, never, EventLog> =>
  Effect.gen(function* () {
    const log = yield* EventLog
    const once = Effect.repeat(log.sweep(owner), { while: (answer) => answer === "more" })
    return yield* Effect.andThen(Effect.repeat(Effect.ignore(once), Schedule.spaced(every)), Effect.never)
  })
