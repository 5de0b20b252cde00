import type { IncomingMessage, ServerResponse } from "node:http"
import { type PlainResponse, tooBusy } from "../../src/http/server/response.ts"
import { refuseRequest, writeResponse } from "./write-response.ts"
import { readBody } from "./read-body.ts"

/** Bytes that one body may have; bodies that are dealt with at once, and the bytes of all of them. */
export interface Limits {
  readonly bytes: number
  readonly most: number
  readonly memory: number
  /** The answer to a body of more than `bytes`. */
  readonly tooLarge: PlainResponse
}

/** Told of the bytes that are held of a body until it is whole. */
export type HoldOf = (request: IncomingMessage, bytes: number) => void

/** Has bodies dealt with that are whole and find a place. `deal` answers once; the place is free again then. */
export const concurrencyLimit = ({ bytes, most, memory, tooLarge }: Limits, hold: HoldOf) => {
  let underWay = 0
  let held = 0
  return (
    request: IncomingMessage,
    response: ServerResponse,
    deal: (body: Uint8Array, answer: (response: PlainResponse) => void) => void
  ): void => {
    if (Number(request.headers["content-length"] ?? 0) > bytes) return refuseRequest(request, response, tooLarge)
    readBody(
      request,
      bytes,
      (more) => hold(request, more),
      (body) => {
        if (body === undefined) return refuseRequest(request, response, tooLarge)
        // Who was told meanwhile that it is too late would not hear what became of it.
        if (request.socket.writableEnded) return
        if (underWay >= most || held > memory) return writeResponse(response, tooBusy)
        underWay += 1
        held += body.length
        deal(body, (answer) => {
          underWay -= 1
          held -= body.length
          writeResponse(response, answer)
        })
      }
    )
  }
}
