import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type { BootCheck } from "../log/line.ts"
import { failed } from "./report.ts"

/** How long one check may take: a dependency that hangs is a failed check. */
export const checkLimit = Duration.seconds(10)

/** The checks of one dependency, or that it hung. */
export const limited = <R>(
  name: string,
  checks: Effect.Effect<ReadonlyArray<BootCheck>, never, R>
): Effect.Effect<ReadonlyArray<BootCheck>, never, R> =>
  Effect.timeoutOrElse(checks, {
    duration: checkLimit,
    orElse: () =>
      Effect.succeed([
        failed(name, `no answer within ${Duration.format(checkLimit)}`, "find out why it hangs, and start again")
      ])
  })
