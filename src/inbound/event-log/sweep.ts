import * as Effect from "effect/Effect"
import { EventLog, type Ownership } from "./event-log.ts"

/** Milliseconds between two sweeps of a partition: as a rule, and while the store is filling. */
const pause = { done: 2_000, filling: 250 } as const

/** Deletes expired entries of a partition until interrupted. When the store is away, the next sweep retries. */
export const sweepEventLog = (owner: Ownership): Effect.Effect<never, never, EventLog> =>
  Effect.gen(function* () {
    const log = yield* EventLog
    const once = Effect.repeat(log.sweep(owner), { while: (answer) => answer === "more" })
    return yield* Effect.orElseSucceed(once, () => "done" as const).pipe(
      Effect.flatMap((answer) => Effect.sleep(answer === "filling" ? pause.filling : pause.done)),
      Effect.forever
    )
  })
