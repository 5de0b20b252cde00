import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import type * as LogLevel from "effect/LogLevel"
import type { Level } from "../../src/log/line.ts"
import { Log } from "../../src/log/log.ts"
import { unforeseen, unforeseenCause } from "../../src/log/unforeseen.ts"

const levels: Readonly<Record<LogLevel.LogLevel, Level>> = {
  All: "debug",
  Trace: "debug",
  Debug: "debug",
  Info: "info",
  Warn: "warn",
  Error: "error",
  Fatal: "fatal",
  None: "debug"
}

/** Replaces Effect's loggers: a logged value or an unforeseen error shows its class and its position, never its text. */
export const layer: Layer.Layer<never, never, Log> = Logger.layer([
  Effect.map(Log, (log) =>
    Logger.make<unknown, void>(({ message, logLevel, cause }) => {
      const raised = [message].flat().find((part) => part instanceof Error)
      const fields = cause.reasons.length > 0 || raised === undefined ? unforeseenCause(cause) : unforeseen(raised)
      log.write(levels[logLevel], "internal", fields)
    })
  )
])
