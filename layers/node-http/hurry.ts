import type { IncomingMessage, ServerResponse } from "node:http"
import type { Duplex } from "node:stream"
import process from "node:process"
import { tooBusy } from "../../src/http/plain-response.ts"
import { cutOff, rejectClient } from "./client-error.ts"

/** Milliseconds between two looks at the bodies on their way. */
const tick = 1_000
/** Looks that a body may live to see, from its request's head to its end; then 408. */
const ordinary = 10
/** The same for a medium, which goes on to its provider as fast as that takes it. */
export const longest = 130_000

/** Bodies on their way at once, and the bytes that are held of them; then the oldest is cut off: 503. */
const maxArriving = 1_024
const maxArrivingMemory = 64 * 1_048_576

const isUpload = ({ method, url = "" }: IncomingMessage) => method === "POST" && /^\/v1\/media(?:\?|$)/.test(url)

const timeout: NodeJS.ErrnoException = Object.assign(new Error("timeout"), { code: "ERR_HTTP_REQUEST_TIMEOUT" })

interface Arriving {
  /** How many looks there had been. */
  readonly since: number
  bytes: number
  /** That it is too late. It may go on coming until its connection is closed, and counts as long. */
  told: boolean
}

/** Cuts off requests whose bodies dawdle, so that they take no place from those that do not. */
export const hurrying = () => {
  const arriving = new Map<IncomingMessage, Arriving>()
  const latest = new WeakMap<Duplex, ServerResponse>()
  let held = 0
  let looks = 0
  let looking = false

  /** Says on a connection what is wrong with the request that is coming in, and closes it; only closes it where that would be heard as the answer to another. */
  const end = (socket: Duplex, say: () => void) => (isOthers(latest.get(socket)) ? socket.destroy() : say())
  const left = (request: IncomingMessage) => {
    held -= arriving.get(request)?.bytes ?? 0
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
  /** The oldest stand first. */
  const look = () => {
    looking = false
    looks += 1
    for (const [request, one] of arriving) {
      if (looks - one.since <= ordinary) break
      if (request.complete) left(request)
      else if (!one.told) {
        one.told = true
        reject(timeout, request.socket)
      }
    }
    if (arriving.size > 0) lookLater()
  }
  const lookLater = () => {
    if (looking) return
    looking = true
    // @effect-diagnostics-next-line globalTimers:off
    setTimeout(look, tick).unref()
  }
  const reject = (error: NodeJS.ErrnoException, socket: Duplex) => end(socket, () => rejectClient(error, socket))
  const enter = (request: IncomingMessage) => {
    if (request.complete) return
    arriving.set(request, { since: looks, bytes: 0, told: false })
    if (isFull()) makeRoom()
    lookLater()
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
    /** Told of the bytes that are held of a body until it is whole. */
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
