import type { IncomingMessage, ServerResponse } from "node:http"
import type { Duplex } from "node:stream"
import process from "node:process"
import { makeTimerWheel } from "../../src/concurrency/timer-wheel.ts"
import { tooBusy } from "../../src/http/server/response.ts"
import { cutOff, rejectClient } from "./client-error.ts"

const tickMs = 1_000
/** Ticks from a request's head to the end of its body: after 10 seconds, or up to 11, the request gets 408. */
const bodyTicks = 11
/** Milliseconds for the body of a medium, which goes on to its provider as fast as the provider takes it. */
export const longest = 130_000

/** Bodies on their way at once, and the bytes that are held of them; then the oldest is cut off: 503. */
const maxArriving = 1_024
const maxArrivingMemory = 64 * 1_048_576

const isUpload = ({ method, url = "" }: IncomingMessage) => method === "POST" && /^\/v1\/media(?:\?|$)/.test(url)

const timeout: NodeJS.ErrnoException = Object.assign(new Error("timeout"), { code: "ERR_HTTP_REQUEST_TIMEOUT" })

interface Arriving {
  /** Bytes held of the body. They count until it is whole or its connection closes, also after 408. */
  bytes: number
  readonly cancelTimeout: () => void
}

/** Rejects requests whose bodies arrive too slowly, so that they take no place from others. */
export const hurrying = () => {
  const arriving = new Map<IncomingMessage, Arriving>()
  const latest = new WeakMap<Duplex, ServerResponse>()
  let held = 0
  const startTimeout = makeTimerWheel(bodyTicks, (tick) => {
    // @effect-diagnostics-next-line globalTimers:off
    setTimeout(tick, tickMs).unref()
  })

  /** Writes an error on a connection and closes it. Only closes it when the client would read the error as the answer to another request. */
  const end = (socket: Duplex, say: () => void) => (isOthers(latest.get(socket)) ? socket.destroy() : say())
  const left = (request: IncomingMessage) => {
    const one = arriving.get(request)
    if (one === undefined) return
    held -= one.bytes
    one.cancelTimeout()
    arriving.delete(request)
  }
  const isFull = () => arriving.size > maxArriving || held > maxArrivingMemory
  const makeRoom = () => {
    for (const [request] of arriving) {
      if (!isFull()) return
      left(request)
      if (!request.complete) end(request.socket, () => cutOff(request.socket, tooBusy))
    }
  }
  const reject = (error: NodeJS.ErrnoException, socket: Duplex) => end(socket, () => rejectClient(error, socket))
  const enter = (request: IncomingMessage) => {
    if (request.complete) return
    const cancelTimeout = startTimeout(() => (request.complete ? left(request) : reject(timeout, request.socket)))
    arriving.set(request, { bytes: 0, cancelTimeout })
    if (isFull()) makeRoom()
    request.once("close", () => left(request))
  }

  return {
    /**
     * The server's own limit is the same for all, so it is the longest. Nearly every body comes along with its head, and costs
     * nothing here.
     */
    hurry: (request: IncomingMessage, response: ServerResponse): void => {
      latest.set(request.socket, response)
      const { "content-length": length, "transfer-encoding": encoding } = request.headers
      if ((length === undefined && encoding === undefined) || isUpload(request)) return
      process.nextTick(enter, request)
    },
    /** Counts bytes that are held of a body until it is whole. */
    hold: (request: IncomingMessage, bytes: number): void => {
      const one = arriving.get(request)
      if (one === undefined) return
      one.bytes += bytes
      held += bytes
      if (isFull()) makeRoom()
    },
    /** Of a connection on which comes what cannot be read, or nothing more. */
    reject
  }
}

/**
 * Whether what is written on a connection now would not be heard as the answer to the request that is coming in. That is the
 * latest one unless it is whole; its response has the connection only when it is its turn, and until it has been answered.
 */
const isOthers = (latest: ServerResponse | undefined): boolean => {
  if (latest === undefined) return false
  return latest.req.complete ? !latest.writableFinished : latest.socket === null || latest.headersSent
}
