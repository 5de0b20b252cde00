import * as Context from "effect/Context"
import type { Level, LogEvent, LogFields } from "./line.ts"

/** Writes lines of the closed schema. Synchronous and buffered: this is the hot path. */
export class Log extends Context.Service<
  Log,
  {
    readonly write: (level: Level, event: LogEvent, fields?: LogFields) => void
    /** Passes every line written so far to the operating system before it returns. */
    readonly flush: () => void
  }
>()("comporta/log/Log") {}
