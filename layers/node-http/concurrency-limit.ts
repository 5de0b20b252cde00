import type { IncomingMessage, ServerResponse } from "node:http"
import { type PlainResponse, tooBusy } from "../../src/http/server/response.ts"
import { refuseRequest, writeResponse } from "./write-response.ts"
import { readBody } from "./read-body.ts"

/**
 * Bounds the bytes of one body (`bytes`), the number of bodies handled at once (`most`), and the bytes of all of these
 * (`memory`).
 */
export interface Limits {
  readonly bytes: number
  readonly most: number
  readonly memory: number
  /** The answer to a body of more than `bytes`. */
  readonly tooLarge: PlainResponse
}

/** Counts the bytes of a body that are held until it is whole. */
export type OnRequestBuffered = (request: IncomingMessage, bytes: number) => void

/**
 * Reads bodies, and passes each whole body to `handle` if a place is free. `handle` answers once, which frees the place.
 */
export const concurrencyLimit = ({ bytes, most, memory, tooLarge }: Limits, onBuffered: OnRequestBuffered) => {
  let underWay = 0
  let held = 0
  return (
    request: IncomingMessage,
    response: ServerResponse,
    handle: (body: Uint8Array, answer: (response: PlainResponse) => void) => void
  ): void => {
    if (Number(request.headers["content-length"] ?? 0) > bytes) return refuseRequest(request, response, tooLarge)
    readBody(
      request,
      bytes,
      (more) => onBuffered(request, more),
      (body) => {
        if (body === undefined) return refuseRequest(request, response, tooLarge)
        // The client was already answered that the body came too late, and would not receive another answer.
        if (request.socket.writableEnded) return
        if (underWay >= most || held > memory) return writeResponse(response, tooBusy)
        underWay += 1
        held += body.length
        handle(body, (answer) => {
          underWay -= 1
          held -= body.length
          writeResponse(response, answer)
        })
      }
    )
  }
}
