import * as Cause from "effect/Cause"
import * as Data from "effect/Data"
import * as Exit from "effect/Exit"
import type * as Runtime from "effect/Runtime"

/** Exit codes of every command (`docs/reference/commands.md`). */
export const codes = { go: 0, failed: 1, wrongCommandLine: 2, refused: 78 } as const

/** Ends the process with this exit code. All output has been written before. */
export class Ended extends Data.TaggedError("Ended")<{ readonly code: number }> {}

/** Ends the process with the exit code of its result. A stop by a signal counts as success. */
export const teardown: Runtime.Teardown = (exit, done) => {
  if (Exit.isSuccess(exit) || Cause.hasInterruptsOnly(exit.cause)) return done(codes.go)
  const failure = exit.cause.reasons.find(Cause.isFailReason)?.error
  return done(failure instanceof Ended ? failure.code : codes.failed)
}
