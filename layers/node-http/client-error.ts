import type { Duplex } from "node:stream"
import { type PlainResponse, problem } from "../../src/http/server/response.ts"

/** A connection that speaks no HTTP we can read is told so, once, and closed. */
export const rejectClient = (error: NodeJS.ErrnoException, socket: Duplex): void => {
  if (!socket.writable || error.code === "ECONNRESET") {
    socket.destroy()
    return
  }
  write(socket, answers[error.code ?? ""] ?? malformed)
  // Whoever goes on sending would see a reset in place of the answer; but nobody goes on for long.
  // @effect-diagnostics-next-line globalTimers:off
  setTimeout(() => socket.destroy(), linger).unref()
}

/** The same without waiting for the client to understand. */
export const cutOff = (socket: Duplex, response: PlainResponse): void => {
  if (socket.writable) write(socket, response, () => socket.destroy())
  else socket.destroy()
}

const write = (socket: Duplex, { status, headers, body }: PlainResponse, done?: () => void) => {
  const head = Object.entries({ ...headers, "content-length": String(Buffer.byteLength(body)), connection: "close" })
  const lines = head.map(([name, value]) => `${name}: ${value}\r\n`).join("")
  socket.end(`HTTP/1.1 ${status} \r\n${lines}\r\n${body}`, done)
}

/** Milliseconds. */
const linger = 1_000

const malformed = problem({ status: 400, code: "malformed", title: "This is not an HTTP request" })
const answers: Readonly<Record<string, PlainResponse>> = {
  HPE_HEADER_OVERFLOW: problem({ status: 431, code: "headers_too_large", title: "The headers are larger than 32 KiB" }),
  ERR_HTTP_REQUEST_TIMEOUT: problem({ status: 408, code: "timeout", title: "The request did not arrive in time" })
}
