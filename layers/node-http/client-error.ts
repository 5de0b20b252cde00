import type { Duplex } from "node:stream"
import { type PlainResponse, problem } from "../../src/http/server/response.ts"

/** Rejects a connection whose bytes are no readable HTTP: writes one error and closes it. */
export const rejectClient = (error: NodeJS.ErrnoException, socket: Duplex): void => {
  if (!socket.writable || error.code === "ECONNRESET") {
    socket.destroy()
    return
  }
  write(socket, answers[error.code ?? ""] ?? malformed)
  // A client that is still sending would see a reset instead of the answer, so the socket stays open for a moment.
  // @effect-diagnostics-next-line globalTimers:off
  setTimeout(() => socket.destroy(), linger).unref()
}

/** Writes an answer and closes the connection without waiting for the client to read it. */
export const rejectNow = (socket: Duplex, response: PlainResponse): void => {
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
