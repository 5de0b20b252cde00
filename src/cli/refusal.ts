import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import { type BootRefused, shownChecks, formatReport } from "../boot/report.ts"
import { Log } from "../log/log.ts"
import { codes, Ended } from "./exit.ts"

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
