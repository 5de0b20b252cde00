import { writeSync } from "node:fs"
import process from "node:process"
import { encode } from "../../src/log/encode.ts"
import { unforeseen } from "../../src/log/failure-fields.ts"

/** Ends the process on an error that nothing caught, with a log line in place of the error's text (I7). */
export const endOnUncaught = (release: string): void => {
  process.on("uncaughtException", (error: unknown) => {
    // @effect-diagnostics-next-line globalDate:off
    const line = encode({ time: Date.now(), level: "fatal", event: "internal", release, fields: unforeseen(error) })
    try {
      writeSync(1, `${line}\n`)
    } finally {
      process.exit(1)
    }
  })
}
