import type { IncomingMessage, ServerResponse } from "node:http"
import { tooBusy } from "../../src/http/plain-response.ts"
import { cutOff, rejectClient } from "./client-error.ts"

/** Milliseconds from a request's head to the end of its body; then 408. */
const ordinary = 10_000
/** The same for a medium, which goes on to its provider as fast as that takes it. */
export const longest = 130_000

/** Bodies on their way at once, and the bytes that are held of them; then the oldest is cut off: 503. */
const maxArriving = 1_024
const maxArrivingMemory = 64 * 1_048_576

const isUpload = ({ method, url = "" }: IncomingMessage) => method === "POST" && /^\/v1\/media(?:\?|$)/.test(url)

const timeout: NodeJS.ErrnoException = Object.assign(new Error("timeout"), { code: "ERR_HTTP_REQUEST_TIMEOUT" })

/** Cuts off requests whose bodies dawdle, so that they take no place from those that do not. */
export const hurrying = () => {
  const arriving = new Map<IncomingMessage, number>()
  let held = 0

  const left = (request: IncomingMessage) => {
    held -= arriving.get(request) ?? 0
    arriving.delete(request)
  }
  const makeRoom = () => {
    for (const [request] of arriving) {
      if (arriving.size <= maxArriving && held <= maxArrivingMemory) return
      left(request)
      if (!request.complete) cutOff(request.socket, tooBusy)
    }
  }

  return {
    /** The server's own limit is the same for all, so it is the longest. */
    hurry: (request: IncomingMessage, response: ServerResponse): void => {
      const { "content-length": length, "transfer-encoding": encoding } = request.headers
      if ((length === undefined && encoding === undefined) || isUpload(request)) return
      // @effect-diagnostics-next-line globalTimers:off
      const timer = setTimeout(() => {
        if (request.complete) return
        if (response.headersSent) request.socket.destroy()
        else rejectClient(timeout, request.socket)
      }, ordinary)
      arriving.set(request, 0)
      makeRoom()
      request.once("close", () => {
        clearTimeout(timer)
        left(request)
      })
    },
    /** Told of the bytes that are held of a body until it is whole. */
    hold: (request: IncomingMessage, bytes: number): void => {
      const before = arriving.get(request)
      if (before === undefined) return
      arriving.set(request, before + bytes)
      held += bytes
      makeRoom()
    }
  }
}
