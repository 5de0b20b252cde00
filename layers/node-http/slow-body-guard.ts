import type { IncomingMessage, ServerResponse } from "node:http"
import type { Duplex } from "node:stream"
import process from "node:process"
import { makeTimerWheel } from "../../src/concurrency/timer-wheel.ts"
import { tooBusy } from "../../src/http/server/response.ts"
import { rejectClient, rejectNow } from "./write-response.ts"

const tickMs = 1_000
/** Ticks from a request's head to the end of its body: after 10 seconds, or up to 11, the request gets 408. */
const bodyTicks = 11
/**
 * Milliseconds for the body of a medium, which the gateway forwards to the provider as fast as the provider accepts it.
 */
export const uploadTimeoutMs = 130_000

/** Most bodies that arrive at once, and most bytes held of them; above either the oldest gets 503 and is closed. */
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
export const makeSlowBodyGuard = () => {
  const arriving = new Map<IncomingMessage, Arriving>()
  const latest = new WeakMap<Duplex, ServerResponse>()
  let held = 0
  const startTimeout = makeTimerWheel(bodyTicks, (tick) => {
    // @effect-diagnostics-next-line globalTimers:off
    setTimeout(tick, tickMs).unref()
  })

  /**
   * Writes an error on a connection and closes it. Only closes it when the client would read the error as the answer to
   * another request.
   */
  const end = (socket: Duplex, say: () => void) => (isMisread(latest.get(socket)) ? socket.destroy() : say())
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
      if (!request.complete) end(request.socket, () => rejectNow(request.socket, tooBusy))
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
     * Starts the timeout of a request's body, unless it is an upload: the server's own limit is the same for all
     * requests, so it is the one for uploads. Nearly every body arrives with its head and costs nothing here.
     */
    startTimer: (request: IncomingMessage, response: ServerResponse): void => {
      latest.set(request.socket, response)
      const { "content-length": length, "transfer-encoding": encoding } = request.headers
      if ((length === undefined && encoding === undefined) || isUpload(request)) return
      process.nextTick(enter, request)
    },
    /** Counts the bytes that are held of a body until it is whole. */
    onBuffered: (request: IncomingMessage, bytes: number): void => {
      const one = arriving.get(request)
      if (one === undefined) return
      one.bytes += bytes
      held += bytes
      if (isFull()) makeRoom()
    },
    /** Rejects a connection that sends something unreadable, or nothing more. */
    reject
  }
}

/**
 * Returns true when the client would not read what is written now as the answer to the incoming request.
 *
 * The incoming request is the latest one, unless that is whole. Its response has the connection only when the earlier
 * requests are answered, and until it has been answered itself.
 */
const isMisread = (latest: ServerResponse | undefined): boolean => {
  if (latest === undefined) return false
  return latest.req.complete ? !latest.writableFinished : latest.socket === null || latest.headersSent
}
