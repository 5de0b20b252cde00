import type { IncomingMessage, ServerResponse } from "node:http"
import { rejectClient } from "./client-error.ts"

/** Milliseconds from a request's head to the end of its body; then 408. */
const ordinary = 10_000
/** The same for a medium, which goes on to its provider as fast as that takes it. */
export const longest = 130_000

const isUpload = ({ method, url = "" }: IncomingMessage) => method === "POST" && /^\/v1\/media(?:\?|$)/.test(url)

const timeout: NodeJS.ErrnoException = Object.assign(new Error("timeout"), { code: "ERR_HTTP_REQUEST_TIMEOUT" })

/** Cuts off a request whose body dawdles. The server's own limit is the same for all, so it is the longest. */
export const hurry = (request: IncomingMessage, response: ServerResponse): void => {
  const { "content-length": length, "transfer-encoding": encoding } = request.headers
  if ((length === undefined && encoding === undefined) || isUpload(request)) return
  // @effect-diagnostics-next-line globalTimers:off
  const timer = setTimeout(() => {
    if (request.complete) return
    if (response.headersSent) request.socket.destroy()
    else rejectClient(timeout, request.socket)
  }, ordinary)
  request.once("close", () => clearTimeout(timer))
}
