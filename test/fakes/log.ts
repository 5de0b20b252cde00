import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { Level, LogEvent, LogFields } from "../../src/log/line.ts"
import { Log } from "../../src/log/log.ts"

export interface RecordedLine {
  readonly level: Level
  readonly event: LogEvent
  readonly fields: LogFields
}

/** The recorded log lines, oldest first. */
export class RecordedLog extends Context.Service<
  RecordedLog,
  {
    readonly lines: ReadonlyArray<RecordedLine>
    readonly of: (event: LogEvent) => ReadonlyArray<RecordedLine>
    /** Waits until at least `count` lines of an event are written, and returns them. */
    readonly waitFor: (event: LogEvent, count?: number) => Effect.Effect<ReadonlyArray<RecordedLine>>
  }
>()("comporta/test/RecordedLog") {}

/** Provides a log that records its lines. */
export const layer: Layer.Layer<Log | RecordedLog> = Layer.effectContext(
  Effect.sync(() => {
    const lines: Array<RecordedLine> = []
    const watchers = new Set<() => void>()
    const of = (event: LogEvent) => lines.filter((line) => line.event === event)
    const waitFor = (event: LogEvent, count = 1) =>
      Effect.callback<ReadonlyArray<RecordedLine>>((resume) => {
        const look = () => {
          const found = of(event)
          if (found.length < count) return
          watchers.delete(look)
          resume(Effect.succeed(found))
        }
        watchers.add(look)
        look()
        return Effect.sync(() => watchers.delete(look))
      })
    const write = (level: Level, event: LogEvent, fields: LogFields = {}) => {
      lines.push({ level, event, fields })
      for (const look of watchers) look()
    }
    return Context.make(Log, { write, flush: () => {} }).pipe(Context.add(RecordedLog, { lines, of, waitFor }))
  })
)
