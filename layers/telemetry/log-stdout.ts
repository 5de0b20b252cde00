import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { encode } from "../../src/log/encode.ts"
import type { Level, LogLine } from "../../src/log/line.ts"
import { Log } from "../../src/log/log.ts"
import { fdSink, type Sink } from "./fd-sink.ts"
import { lineBuffer } from "./line-buffer.ts"

export interface LogStdoutOptions {
  /** Formatter: `encode` (JSON) by default; `pretty` for a terminal. */
  readonly format?: (line: LogLine) => string
  /** The lowest level that is written: `info` by default. */
  readonly minimum?: Level
  /** Standard output by default. */
  readonly sink?: Sink
}

const ranks: Readonly<Record<Level, number>> = { debug: 0, info: 1, warn: 2, error: 3, fatal: 4 }

/** Writes lines to standard output in batches, and flushes them when its scope closes. A closed output stops nothing. */
export const layer = ({
  format = encode,
  minimum = "info",
  sink = fdSink(1)
}: LogStdoutOptions = {}): Layer.Layer<Log> =>
  Layer.effect(
    Log,
    Effect.gen(function* () {
      const clock = yield* Clock.Clock
      const buffer = lineBuffer(sink)
      let lost = 0
      const add = (level: Level, event: LogLine["event"], fields: LogLine["fields"]): boolean =>
        buffer.add(`${format({ time: clock.currentTimeMillisUnsafe(), level, event, fields })}\n`)
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
