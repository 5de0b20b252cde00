import { clearTimeout, setTimeout } from "node:timers"
import { Readable } from "node:stream"
import * as NodeStream from "@effect/platform-node/NodeStream"
import type * as Undici from "@effect/platform-node/Undici"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import {
  type Attempt,
  NotSent,
  type OpenAnswer,
  OutcomeUnknown,
  type ProviderRequest
} from "../../src/connector/provider-http.ts"
import { addressOf, bodyOf, flat, lines } from "./message.ts"
import { codeOf, reasonOf } from "./reason.ts"
import type { Wire } from "./wire.ts"

type Resume = (effect: Effect.Effect<OpenAnswer, NotSent | OutcomeUnknown>) => void

const dropped = new Error("dropped")

/** One request whose answer is handed on from its head; the peer waits while nobody reads. */
class Opening implements Undici.Dispatcher.DispatchHandler {
  private readonly wire: Wire
  private readonly attempt: Attempt
  private resume: Resume = () => {}
  private timer: NodeJS.Timeout | undefined
  private controller: Undici.Dispatcher.DispatchController | undefined
  private settled = false
  private status: number | undefined
  private readonly body = new Readable({
    highWaterMark: 262_144,
    read: () => this.controller?.resume(),
    destroy: (error, done) => {
      clearTimeout(this.timer)
      if (!this.ended) this.controller?.abort(dropped)
      done(error)
    }
  })
  private ended = false

  constructor(wire: Wire, attempt: Attempt) {
    this.wire = wire
    this.attempt = attempt
    // Nobody may be listening yet, or any more.
    this.body.on("error", () => {})
  }

  begin(resume: Resume) {
    this.resume = resume
    // @effect-diagnostics-next-line globalTimers:off
    this.timer = setTimeout(() => this.fail("timeout", "UND_ERR_ABORTED"), this.attempt.deadline)
  }

  onRequestStart(controller: Undici.Dispatcher.DispatchController) {
    if (!this.settled && this.attempt.mayStart()) {
      this.controller = controller
      return
    }
    this.settle(Effect.fail(new NotSent({ reason: "too_late" })))
    throw dropped
  }

  onResponseStart(_: Undici.Dispatcher.DispatchController, status: number, headers: NodeJS.Dict<string | string[]>) {
    if (status < 200) return
    this.status = status
    const body = NodeStream.fromReadable<Uint8Array, OutcomeUnknown>({
      evaluate: () => this.body,
      onError: (error) =>
        error instanceof OutcomeUnknown
          ? error
          : new OutcomeUnknown({ reason: "truncated", status, cause: codeOf(error) })
    })
    this.settle(Effect.succeed({ status, headers: flat(headers), body }))
  }

  onResponseData(controller: Undici.Dispatcher.DispatchController, chunk: Buffer) {
    if (!this.body.push(chunk)) controller.pause()
  }

  onResponseEnd() {
    if (this.status === undefined || this.wire.broken()) return this.fail("connection_lost", "ECONNRESET")
    this.ended = true
    clearTimeout(this.timer)
    this.body.push(null)
  }

  onResponseError(_: Undici.Dispatcher.DispatchController | null, error: Error) {
    const code = codeOf(error)
    if (this.controller !== undefined) return this.fail("connection_lost", code)
    this.settle(Effect.fail(new NotSent({ reason: reasonOf(code), cause: code })))
  }

  /** Nobody wants the rest. */
  close() {
    this.settled = true
    clearTimeout(this.timer)
    this.body.destroy()
  }

  private fail(reason: "timeout" | "connection_lost", cause: string) {
    if (this.controller === undefined) return this.settle(Effect.fail(new NotSent({ reason: "connect_timeout" })))
    const { status } = this
    const lost = new OutcomeUnknown({
      reason: status === undefined || reason === "timeout" ? reason : "truncated",
      ...(status === undefined ? {} : { status }),
      cause
    })
    this.settle(Effect.fail(lost))
    this.body.destroy(lost)
  }

  private settle(outcome: Effect.Effect<OpenAnswer, NotSent | OutcomeUnknown>) {
    if (this.settled) return
    this.settled = true
    // Not from within undici's parser: what follows may well be the next request.
    queueMicrotask(() => this.resume(outcome))
  }
}

/** One request, at most once on the wire, whose answer is open until the scope ends. The deadline holds for all of it. */
export const opened = (
  wire: Wire,
  request: ProviderRequest,
  attempt: Attempt
): Effect.Effect<OpenAnswer, NotSent | OutcomeUnknown, Scope.Scope> => {
  const url = addressOf(request)
  if (url === undefined) return Effect.fail(new NotSent({ reason: "invalid" }))
  if (attempt.deadline <= 0) return Effect.fail(new NotSent({ reason: "too_late" }))
  const opening = Effect.acquireRelease(
    Effect.sync(() => new Opening(wire, attempt)),
    (handler) => Effect.sync(() => handler.close())
  )
  return Effect.flatMap(opening, (handler) =>
    Effect.callback((resume) => {
      const { origin, pathname, search } = url
      const { method } = request
      handler.begin(resume)
      wire.opening.dispatch(
        { origin, path: pathname + search, method, headers: lines(request), body: bodyOf(request) },
        handler
      )
    })
  )
}
