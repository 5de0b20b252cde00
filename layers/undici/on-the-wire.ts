import { clearTimeout, setTimeout } from "node:timers"
import type * as Undici from "@effect/platform-node/Undici"
import * as Effect from "effect/Effect"
import { type Attempt, NotSent, OutcomeUnknown, type ProviderRequest } from "../../src/connector/provider-http.ts"
import { type Address, headerLines, reasonCode, reasonOf, requestBody } from "./message.ts"
import type { Wire } from "./wire.ts"

type Controller = Undici.Dispatcher.DispatchController
type Outcome<Answer> = Effect.Effect<Answer, NotSent | OutcomeUnknown>
type Resume<Answer> = (outcome: Outcome<Answer>) => void

const dropped = new Error("dropped")

/**
 * One request on the wire. It determines certainty: whether undici has begun to write, and how much of the answer came.
 */
export abstract class OnTheWire<Answer> implements Undici.Dispatcher.DispatchHandler {
  /** Set once undici may write the first byte. */
  protected controller: Controller | undefined
  protected status: number | undefined
  private readonly wire: Wire
  private readonly attempt: Attempt
  private resume: Resume<Answer> = () => {}
  private timer: NodeJS.Timeout | undefined
  private settled = false

  constructor(wire: Wire, attempt: Attempt) {
    this.wire = wire
    this.attempt = attempt
  }

  /** Sends the request; called once. Calls `resume` with the answer or the failure. */
  send(agent: Undici.Agent, { origin, path }: Address, request: ProviderRequest, resume: Resume<Answer>) {
    this.resume = resume
    // @effect-diagnostics-next-line globalTimers:off
    this.timer = setTimeout(() => this.lose("timeout"), this.attempt.deadline)
    agent.dispatch(
      { origin, path, method: request.method, headers: headerLines(request), body: requestBody(request) },
      this
    )
  }

  /** Called with the head of the answer, not with an informational one (1xx). */
  protected abstract begun(status: number, headers: NodeJS.Dict<string | string[]>): void
  protected abstract ended(status: number): void
  /** Called when the answer was lost on the way: nothing more comes. */
  protected abstract lost(failure: OutcomeUnknown): void
  abstract onResponseData(controller: Controller, chunk: Buffer): void

  onRequestStart(controller: Controller) {
    if (!this.settled && this.attempt.mayStart()) {
      this.controller = controller
      return
    }
    this.fail(new NotSent({ reason: "too_late" }))
    // An error thrown here drops the request and keeps the connection, which abort() would close.
    throw dropped
  }

  onResponseStart(_: Controller, status: number, headers: NodeJS.Dict<string | string[]>) {
    if (status < 200) return
    this.status = status
    this.begun(status, headers)
  }

  onResponseEnd() {
    if (this.status === undefined || this.wire.broken()) return this.lose("connection_lost", "ECONNRESET")
    clearTimeout(this.timer)
    this.ended(this.status)
  }

  onResponseError(_: Controller | null, error: Error) {
    const code = reasonCode(error)
    if (this.controller !== undefined) return this.lose("connection_lost", code)
    this.fail(new NotSent({ reason: reasonOf(code), cause: code }))
  }

  /** Ends the request without an outcome, since no caller waits any more. Bytes that were sent stay sent. */
  protected abandon() {
    this.settled = true
    clearTimeout(this.timer)
  }

  protected abort() {
    this.controller?.abort(dropped)
  }

  protected settle(outcome: Outcome<Answer>) {
    if (this.settled) return
    this.settled = true
    // Deferred, to leave undici's parser first: the next step may send the next request.
    queueMicrotask(() => this.resume(outcome))
  }

  private fail(failure: NotSent | OutcomeUnknown) {
    clearTimeout(this.timer)
    this.settle(Effect.fail(failure))
  }

  private lose(reason: "timeout" | "connection_lost", cause?: string) {
    if (this.controller === undefined) return this.fail(new NotSent({ reason: "connect_timeout" }))
    const { status } = this
    const failure = new OutcomeUnknown({
      reason: status === undefined || reason === "timeout" ? reason : "truncated",
      ...(status === undefined ? {} : { status }),
      ...(cause === undefined ? {} : { cause })
    })
    this.fail(failure)
    this.lost(failure)
  }
}
