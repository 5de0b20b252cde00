import * as Effect from "effect/Effect"
import type { HttpServerResponse } from "effect/http/HttpServerResponse"
import { droppedConnection, htmlPage, type refusals } from "./answers.ts"
import { takeFault } from "./faults.ts"
import type { State } from "./state.ts"

interface Codes {
  /** Codes that `refuse` and `fail_after_accepting` answer by default. */
  readonly refuse: number
  readonly fail: number
}

/** Performs an action under the next fault. A refusal of the action itself is kept. */
export const underFault = (
  state: State,
  answers: ReturnType<typeof refusals>,
  codes: Codes,
  act: Effect.Effect<HttpServerResponse>
) =>
  Effect.gen(function* () {
    const fault = yield* takeFault(state.fault)
    if (fault.mode === "drop") return droppedConnection
    if (fault.mode === "refuse") return answers.refused(fault, codes.refuse)
    if (fault.mode === "html") return htmlPage(fault.httpStatus)
    const answer = yield* act
    if (answer.status >= 400) return answer
    if (fault.mode === "drop_after_accepting") return droppedConnection
    if (fault.mode === "fail_after_accepting") return answers.failedAfterAccepting(codes.fail)
    if (fault.mode === "delay") yield* Effect.sleep(fault.millis ?? 1000)
    return answer
  })
