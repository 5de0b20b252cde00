import * as Cause from "effect/Cause"
import * as Data from "effect/Data"
import * as Exit from "effect/Exit"
import type * as Runtime from "effect/Runtime"

/** Exit codes of every command (`docs/reference/commands.md`). */
export const codes = { go: 0, failed: 1, wrongCommandLine: 2, refused: 78 } as const

/** The process ends with this code; whatever was to be said has been said. */
export class Ended extends Data.TaggedError("Ended")<{ readonly code: number }> {}

/** A signal that was obeyed is no failure. */
export const teardown: Runtime.Teardown = (exit, done) => {
  if (Exit.isSuccess(exit) || Cause.hasInterruptsOnly(exit.cause)) return done(codes.go)
  const failure = exit.cause.reasons.find(Cause.isFailReason)?.error
  return done(failure instanceof Ended ? failure.code : codes.failed)
}
