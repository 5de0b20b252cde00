import { Console as NodeConsole } from "node:console"
import { Writable } from "node:stream"
import * as Clock from "effect/Clock"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as LogLevel from "effect/LogLevel"
import * as Logger from "effect/Logger"
import { encode } from "../../src/log/encode.ts"
import type { Level, LogLine } from "../../src/log/line.ts"
import { Log } from "../../src/log/log.ts"
import { unforeseen, unforeseenCause } from "../../src/log/failure-fields.ts"
import { fdSink, lineBuffer, type Sink } from "./line-buffer.ts"

export interface LogStdoutOptions {
  /** Formatter: `encode` (JSON) by default; `pretty` for a terminal. */
  readonly format?: (line: LogLine) => string
  /** The lowest level that is written: `info` by default. */
  readonly minimum?: Level
  /** Name of the release, which each line has. */
  readonly release?: string
  /** Standard output by default. */
  readonly sink?: Sink
}

const ranks: Readonly<Record<Level, number>> = { debug: 0, info: 1, warn: 2, error: 3, fatal: 4 }

/** Writes lines to standard output in batches, and flushes them when its scope closes. A closed output stops nothing. */
export const stdoutLog = ({
  format = encode,
  minimum = "info",
  release,
  sink = fdSink(1)
}: LogStdoutOptions = {}): Layer.Layer<Log> =>
  Layer.effect(
    Log,
    Effect.gen(function* () {
      const clock = yield* Clock.Clock
      const buffer = lineBuffer(sink)
      let lost = 0
      const written = release === undefined ? {} : { release }
      const add = (level: Level, event: LogLine["event"], fields: LogLine["fields"]): boolean =>
        buffer.add(`${format({ time: clock.currentTimeMillisUnsafe(), level, event, ...written, fields })}\n`)
      yield* Effect.addFinalizer(() => Effect.sync(buffer.flush))
      return Log.of({
        write: (level, event, fields = {}) => {
          if (ranks[level] < ranks[minimum]) return
          if (lost > 0 && add("warn", "internal", { error: "LinesLost", lost })) lost = 0
          if (!add(level, event, fields)) lost += 1
        },
        flush: buffer.flush
      })
    })
  )

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
export const effectLogger: Layer.Layer<never, never, Log> = Logger.layer([
  Effect.map(Log, (log) =>
    Logger.make<unknown, void>(({ message, logLevel, cause }) => {
      const raised = [message].flat().find((part) => part instanceof Error)
      const fields = cause.reasons.length > 0 || raised === undefined ? unforeseenCause(cause) : unforeseen(raised)
      log.write(levels[logLevel], "internal", fields)
    })
  )
])

const stream = (fd: number): Writable => {
  const buffer = lineBuffer(fdSink(fd))
  return new Writable({
    decodeStrings: false,
    write: (text: unknown, _encoding, done) => {
      buffer.add(String(text))
      buffer.flush()
      done()
    }
  })
}

/** Writes the output of commands to the file descriptors. Nothing else in the process can print there. */
export const commandConsole: Layer.Layer<never> = Layer.sync(
  Console.Console,
  () => new NodeConsole({ stdout: stream(1), stderr: stream(2), colorMode: false })
)
