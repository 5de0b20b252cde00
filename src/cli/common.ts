import * as Cause from "effect/Cause"
import * as Config from "effect/Config"
import * as Console from "effect/Console"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import type * as Runtime from "effect/Runtime"
import * as Flag from "effect/cli/Flag"
import { unready } from "../boot/config-checks.ts"
import { BootRefused, failed, formatReport, shownChecks } from "../boot/report.ts"
import { type ConfigMistakes, sentence } from "../config/mistakes.ts"
import { readConfig } from "../config/read.ts"
import { Log } from "../log/log.ts"

/** Exit codes of every command (`docs/reference/commands.md`). */
export const codes = { go: 0, failed: 1, wrongCommandLine: 2, unknownVersion: 3, refused: 78 } as const

/** Ends the process with this exit code. All output has been written before. */
export class Ended extends Data.TaggedError("Ended")<{ readonly code: number }> {}

/** Ends the process with the exit code of its result. A stop by a signal counts as success. */
export const teardown: Runtime.Teardown = (exit, done) => {
  if (Exit.isSuccess(exit) || Cause.hasInterruptsOnly(exit.cause)) return done(codes.go)
  const failure = exit.cause.reasons.find(Cause.isFailReason)?.error
  return done(failure instanceof Ended ? failure.code : codes.failed)
}

/**
 * Reports why the program does not start, then ends it with exit code 78. Writes a log line, and on stderr a table for people
 * or JSON for programs.
 */
export const refusal = (terminal: boolean) => (refused: BootRefused) =>
  Effect.gen(function* () {
    const log = yield* Log
    const checks = shownChecks(refused.checks)
    log.write("fatal", "boot.refused", { checks })
    log.flush()
    yield* Console.error(
      terminal ? `comporta does not start:\n${formatReport(checks)}` : JSON.stringify({ event: "boot.refused", checks })
    )
    return yield* new Ended({ code: codes.refused })
  })

export const configFlag = Flag.String("config").pipe(
  Flag.withAlias("c"),
  Flag.withDefault("comporta.yaml"),
  Flag.withDescription("the configuration file; comporta.yaml unless given")
)

const override = (name: string) =>
  Config.String(name).pipe(
    Config.option,
    Effect.map(Option.getOrUndefined),
    Effect.catch(() => Effect.undefined)
  )

/** Converts each mistake in the configuration file to a failed boot check. */
const asRefusal = ({ file, mistakes }: ConfigMistakes) =>
  new BootRefused({
    checks: mistakes.map((mistake) => failed("config", "invalid", sentence(file, mistake), "correct the file"))
  })

const readOverridden = Effect.fnUntraced(function* (path: string) {
  const port = yield* override("PORT")
  const environment = yield* override("COMPORTA_ENV")
  return yield* readConfig(path, {
    ...(port === undefined ? {} : { port }),
    ...(environment === undefined ? {} : { environment })
  })
})

/** Reads the configuration file. The variables `PORT` and `COMPORTA_ENV` override its values. */
export const readFile = (path: string) => Effect.mapError(readOverridden(path), asRefusal)

/** Reads the configuration file of a gateway that shall start. Refuses production before it reports any mistake. */
export const readToStart = (path: string) =>
  Effect.mapError(readOverridden(path), (mistakes) =>
    mistakes.environment === "production" ? new BootRefused({ checks: [unready] }) : asRefusal(mistakes)
  )
