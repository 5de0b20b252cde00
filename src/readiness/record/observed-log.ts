import type { LogEvent, LogFields } from "../../log/line.ts"
import type { Log } from "../../log/log.ts"
import { type NoteMaker, wholeProcess } from "./account-notes.ts"

/** Returns true when a line has all that the checklist asks of a line about an intent. */
const isComplete = ({ correlationId, dedupeKey, connectorId, capabilityId, outcome }: LogFields): boolean =>
  correlationId !== undefined &&
  dedupeKey !== undefined &&
  connectorId !== undefined &&
  capabilityId !== undefined &&
  outcome !== undefined

const isAboutIntent = (event: LogEvent) => event.startsWith("intent.")

const none: LogFields = {}

/** Returns a log that counts the lines about intents, and those that lack a field (row 4.1.1). It changes no line. */
export const observedLog = (log: Log["Service"], maker: NoteMaker): Log["Service"] => {
  const note = maker.traffic("4.1.1", wholeProcess)
  let lines = 0
  let incomplete = 0
  return {
    flush: log.flush,
    write: (level, event, fields = none) => {
      log.write(level, event, fields)
      if (!isAboutIntent(event)) return
      lines += 1
      if (!isComplete(fields)) incomplete += 1
      note(incomplete === 0 ? "pass" : "fail", { lines, incomplete })
    }
  }
}
