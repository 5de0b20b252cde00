import type * as Undici from "@effect/platform-node/Undici"
import * as Effect from "effect/Effect"
import {
  type Attempt,
  NotSent,
  type OutcomeUnknown,
  type ProviderAnswer,
  type ProviderRequest
} from "../../src/connector/provider-http.ts"
import { flat, requestAddress, textOf } from "./message.ts"
import { OnTheWire } from "./on-the-wire.ts"
import type { Wire } from "./wire.ts"

/** One request whose answer is returned whole. */
class Exchange extends OnTheWire<ProviderAnswer> {
  private headers: ProviderAnswer["headers"] = {}
  private readonly chunks: Array<Buffer> = []

  /** Cancels the request without an outcome. */
  cancel() {
    this.abandon()
    this.abort()
  }

  onResponseData(_: Undici.Dispatcher.DispatchController, chunk: Buffer) {
    this.chunks.push(chunk)
  }

  protected begun(_: number, headers: NodeJS.Dict<string | string[]>) {
    this.headers = flat(headers)
  }

  protected ended(status: number) {
    this.settle(Effect.succeed({ status, headers: this.headers, body: textOf(this.chunks) }))
  }

  protected lost() {
    this.abort()
  }
}

/**
 * Sends one request, at most once on the wire. `NotSent` is certain; `OutcomeUnknown` is any other end without a
 * complete answer. Interruption closes the connection.
 */
export const exchange = (
  wire: Wire,
  request: ProviderRequest,
  attempt: Attempt
): Effect.Effect<ProviderAnswer, NotSent | OutcomeUnknown> => {
  const address = requestAddress(request)
  if (address === undefined) return Effect.fail(new NotSent({ reason: "invalid" }))
  if (attempt.deadline <= 0) return Effect.fail(new NotSent({ reason: "too_late" }))
  return Effect.callback((resume) => {
    const handler = new Exchange(wire, attempt)
    handler.send(wire.agent, address, request, resume)
    return Effect.sync(() => handler.cancel())
  })
}
