import * as Effect from "effect/Effect"
import * as Metric from "effect/Metric"
import { Log } from "../../log/log.ts"
import type { LogFields } from "../../log/line.ts"
import type { AttemptVerdict } from "../ordering/ordered-dispatcher.ts"
import { counters } from "../../metrics/registry.ts"

/** Failed deliveries of one event, while the runtime is available, at the first alarm. Each later alarm comes at twice as many. */
export const stuckAfter = 5

const isDue = (held: number) => held >= stuckAfter && Number.isInteger(Math.log2(held / stuckAfter))

/** Logs and counts an event that is held again and again: for example, each of its deliveries times out. */
export const alarm = (
  { away, standing }: Pick<AttemptVerdict, "away" | "standing">,
  line: LogFields
): Effect.Effect<void, never, Log> =>
  away || !isDue(standing.held)
    ? Effect.void
    : Effect.flatMap(Log, (log) => {
        log.write("error", "dispatch.stuck", line)
        return Metric.update(counters.eventsStuck, 1)
      })
