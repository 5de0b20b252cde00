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
import { flat, reasonCode, requestAddress } from "./message.ts"
import { OnTheWire } from "./on-the-wire.ts"
import type { Wire } from "./wire.ts"

/** One request whose answer is returned from its head on. The peer waits while the caller does not read. */
class Opening extends OnTheWire<OpenAnswer> {
  private whole = false
  private readonly body = new Readable({
    highWaterMark: 262_144,
    read: () => this.controller?.resume(),
    destroy: (error, done) => {
      this.abandon()
      if (!this.whole) this.abort()
      done(error)
    }
  })

  constructor(wire: Wire, attempt: Attempt) {
    super(wire, attempt)
    // An error of the body may come before or after the caller listens.
    this.body.on("error", () => {})
  }

  /** Closes the answer, since the caller does not read the rest. */
  close() {
    this.abandon()
    this.body.destroy()
  }

  onResponseData(controller: Undici.Dispatcher.DispatchController, chunk: Buffer) {
    if (!this.body.push(chunk)) controller.pause()
  }

  protected begun(status: number, headers: NodeJS.Dict<string | string[]>) {
    const body = NodeStream.fromReadable<Uint8Array, OutcomeUnknown>({
      evaluate: () => this.body,
      onError: (error) =>
        error instanceof OutcomeUnknown
          ? error
          : new OutcomeUnknown({ reason: "truncated", status, cause: reasonCode(error) })
    })
    this.settle(Effect.succeed({ status, headers: flat(headers), body }))
  }

  protected ended() {
    this.whole = true
    this.body.push(null)
  }

  protected lost(failure: OutcomeUnknown) {
    this.body.destroy(failure)
  }
}

/**
 * Sends one request, at most once on the wire, whose answer stays open until the scope ends. The deadline covers all of
 * it.
 */
export const opened = (
  wire: Wire,
  request: ProviderRequest,
  attempt: Attempt
): Effect.Effect<OpenAnswer, NotSent | OutcomeUnknown, Scope.Scope> => {
  const address = requestAddress(request)
  if (address === undefined) return Effect.fail(new NotSent({ reason: "invalid" }))
  if (attempt.deadline <= 0) return Effect.fail(new NotSent({ reason: "too_late" }))
  const opening = Effect.acquireRelease(
    Effect.sync(() => new Opening(wire, attempt)),
    (handler) => Effect.sync(() => handler.close())
  )
  return Effect.flatMap(opening, (handler) =>
    Effect.callback((resume) => handler.send(wire.opening, address, request, resume))
  )
}
