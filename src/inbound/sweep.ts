import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import { EventLog, type Ownership } from "./event-log.ts"

/** Between two sweeps of a partition. */
const every = "30 seconds"

/** Takes away what has had its time, for as long as the partition is ours. A store that is away is asked again next time. */
export const sweep = (owner: Ownership): Effect.Effect<never, never, EventLog> =>
  Effect.gen(function* () {
    const log = yield* EventLog
    const once = Effect.repeat(log.sweep(owner), { while: (answer) => answer === "more" })
    return yield* Effect.andThen(Effect.repeat(Effect.ignore(once), Schedule.spaced(every)), Effect.never)
  })
