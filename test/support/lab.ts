import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import { deafPort } from "./http.ts"
import { DidNotStart, launch } from "./program.ts"

/** The last line of the start: every server listens, and the first message was delivered. */
const ready = "Ctrl-C stops everything."

/** Starts `comporta lab` as a process and waits until it is ready. Retries on other ports when one is in use. */
export const lab = Effect.gen(function* () {
  const port = yield* deafPort
  const { child, ended, output } = yield* launch(["lab"], { env: { PORT: String(port) } })
  const printed = Effect.callback<void>((resume) => {
    const look = () => (output().includes(ready) ? resume(Effect.void) : undefined)
    child.stderr?.on("data", look)
    look()
  })
  yield* Effect.raceFirst(
    printed,
    Effect.flatMap(ended, (end) => Effect.fail(new DidNotStart({ ended: end })))
  )
  return { page: `http://127.0.0.1:${port + 1}/`, output }
}).pipe(Effect.retry(Schedule.recurs(3)))
