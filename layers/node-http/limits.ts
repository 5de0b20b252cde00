import type { IncomingMessage, Server, ServerResponse } from "node:http"
import type { Socket } from "node:net"
import { type PlainResponse, tooBusy } from "../../src/http/server/response.ts"
import { readBody } from "./read-body.ts"
import { refuseRequest, writeResponse } from "./write-response.ts"

/**
 * Bounds the bytes of one body (`bytes`), the number of bodies handled at once (`most`), and the bytes of all of these
 * (`memory`).
 */
interface Limits {
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

/**
 * Bounds the requests of a lane that are under way at once, that wait for it, and that begin in one turn of the event
 * loop.
 */
export interface LaneLimits {
  readonly underWay: number
  readonly waiting: number
  readonly perTurn: number
}

/**
 * Calls `begin` when the response has a place, which it holds until it is closed. Returns false when no place is left.
 */
export type Lane = (response: ServerResponse, begin: () => void) => boolean

/**
 * Makes a lane. It never begins more requests in one turn than its limit, so other requests are served in between
 * (G50).
 */
export const lane = ({ underWay: most, waiting: mostWaiting, perTurn }: LaneLimits): Lane => {
  const queue = new Map<ServerResponse, () => void>()
  let underWay = 0
  let scheduled = false

  const schedule = () => {
    if (scheduled || queue.size === 0 || underWay >= most) return
    scheduled = true
    setImmediate(turn)
  }
  const end = () => {
    underWay -= 1
    schedule()
  }
  const turn = () => {
    scheduled = false
    let begun = 0
    for (const [response, begin] of queue) {
      if (underWay >= most || begun >= perTurn) break
      queue.delete(response)
      begun += 1
      underWay += 1
      response.once("close", end)
      begin()
    }
    schedule()
  }

  return (response, begin) => {
    if (queue.size >= mostWaiting) return false
    queue.set(response, begin)
    response.once("close", () => queue.delete(response))
    schedule()
    return true
  }
}

/** Most connections at once without a request so far; above it the oldest is closed. */
const maxIdle = 2_000

/**
 * Keeps room for active connections. Of the connections that have sent no request, the oldest is closed first. When all
 * connections are taken, those that are idle between two requests are closed. Returns the connections without a request.
 */
export const limitIdleConnections = (server: Server): ReadonlySet<Socket> => {
  const idle = new Set<Socket>()
  server.on("connection", (socket: Socket) => {
    idle.add(socket)
    socket.once("close", () => idle.delete(socket))
    if (idle.size > maxIdle) for (const oldest of idle) return void (idle.delete(oldest), oldest.destroy())
  })
  server.on("request", ({ socket }) => idle.delete(socket))
  server.on("drop", () => server.closeIdleConnections())
  return idle
}
