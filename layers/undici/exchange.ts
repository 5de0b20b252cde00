import { clearTimeout, setTimeout } from "node:timers"
import type * as Undici from "@effect/platform-node/Undici"
import * as Effect from "effect/Effect"
import {
  type Attempt,
  NotSent,
  OutcomeUnknown,
  type ProviderAnswer,
  type ProviderRequest
} from "../../src/connector/provider-http.ts"
import { addressOf, bodyOf, flat, lines, text } from "./message.ts"
import { codeOf, reasonOf } from "./reason.ts"
import type { Wire } from "./wire.ts"

type Resume = (effect: Effect.Effect<ProviderAnswer, NotSent | OutcomeUnknown>) => void

const dropped = new Error("dropped")

/** One request on the wire. What it knows of certainty: whether undici has begun to write, and how far the answer came. */
class Exchange implements Undici.Dispatcher.DispatchHandler {
  private readonly wire: Wire
  private readonly attempt: Attempt
  private readonly resume: Resume
  private readonly timer: NodeJS.Timeout
  private controller: Undici.Dispatcher.DispatchController | undefined
  private settled = false
  private status: number | undefined
  private headers: ProviderAnswer["headers"] = {}
  private readonly chunks: Array<Buffer> = []

  constructor(wire: Wire, attempt: Attempt, resume: Resume) {
    this.wire = wire
    this.attempt = attempt
    this.resume = resume
    // @effect-diagnostics-next-line globalTimers:off
    this.timer = setTimeout(() => this.expire(), attempt.deadline)
  }

  onRequestStart(controller: Undici.Dispatcher.DispatchController) {
    if (!this.settled && this.attempt.mayStart()) {
      this.controller = controller
      return
    }
    this.settle(Effect.fail(new NotSent({ reason: "too_late" })))
    // An error thrown here drops the request and keeps the connection, which abort() would close.
    throw dropped
  }

  onResponseStart(_: Undici.Dispatcher.DispatchController, status: number, headers: NodeJS.Dict<string | string[]>) {
    if (status < 200) return
    this.status = status
    this.headers = flat(headers)
  }

  onResponseData(_: Undici.Dispatcher.DispatchController, chunk: Buffer) {
    this.chunks.push(chunk)
  }

  onResponseEnd() {
    if (this.status === undefined || this.wire.broken()) return this.lose("ECONNRESET")
    this.settle(Effect.succeed({ status: this.status, headers: this.headers, body: text(this.chunks) }))
  }

  onResponseError(_: Undici.Dispatcher.DispatchController | null, error: Error) {
    const code = codeOf(error)
    if (this.controller !== undefined) return this.lose(code)
    this.settle(Effect.fail(new NotSent({ reason: reasonOf(code), cause: code })))
  }

  /** Gives up without a verdict. Bytes that have left stay where they are. */
  cancel() {
    this.settled = true
    clearTimeout(this.timer)
    this.controller?.abort(dropped)
  }

  private expire() {
    const verdict =
      this.controller === undefined
        ? new NotSent({ reason: "connect_timeout" })
        : new OutcomeUnknown({ reason: "timeout", ...this.head() })
    this.settle(Effect.fail(verdict))
    this.controller?.abort(dropped)
  }

  private lose(cause: string) {
    const reason = this.status === undefined ? "connection_lost" : "truncated"
    this.settle(Effect.fail(new OutcomeUnknown({ reason, ...this.head(), cause })))
  }

  private head() {
    return this.status === undefined ? {} : { status: this.status }
  }

  private settle(outcome: Effect.Effect<ProviderAnswer, NotSent | OutcomeUnknown>) {
    if (this.settled) return
    this.settled = true
    clearTimeout(this.timer)
    // Not from within undici's parser: what follows may well be the next request.
    queueMicrotask(() => this.resume(outcome))
  }
}

/**
 * One request, at most once on the wire. `NotSent` is certain, `OutcomeUnknown` is everything else that is no whole
 * answer. Interruption closes the connection.
 */
export const exchange = (
  wire: Wire,
  request: ProviderRequest,
  attempt: Attempt
): Effect.Effect<ProviderAnswer, NotSent | OutcomeUnknown> => {
  const url = addressOf(request)
  if (url === undefined) return Effect.fail(new NotSent({ reason: "invalid" }))
  if (attempt.deadline <= 0) return Effect.fail(new NotSent({ reason: "too_late" }))
  return Effect.callback((resume) => {
    const handler = new Exchange(wire, attempt, resume)
    wire.agent.dispatch(
      {
        origin: url.origin,
        path: url.pathname + url.search,
        method: request.method,
        headers: lines(request),
        body: bodyOf(request)
      },
      handler
    )
    return Effect.sync(() => handler.cancel())
  })
}
