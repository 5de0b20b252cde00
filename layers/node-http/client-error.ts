import type { Duplex } from "node:stream"
import { type PlainResponse, problem } from "../../src/http/plain-response.ts"

/** A connection that speaks no HTTP we can read is told so, once, and closed. */
export const rejectClient = (error: NodeJS.ErrnoException, socket: Duplex): void => {
  if (!socket.writable || error.code === "ECONNRESET") {
    socket.destroy()
    return
  }
  const { status, headers, body } = answers[error.code ?? ""] ?? malformed
  const head = Object.entries({ ...headers, "content-length": String(Buffer.byteLength(body)), connection: "close" })
  socket.end(`HTTP/1.1 ${status} \r\n${head.map(([name, value]) => `${name}: ${value}\r\n`).join("")}\r\n${body}`)
}

const malformed = problem({ status: 400, code: "malformed", title: "This is not an HTTP request" })
const answers: Readonly<Record<string, PlainResponse>> = {
  HPE_HEADER_OVERFLOW: problem({ status: 431, code: "headers_too_large", title: "The headers are larger than 32 KiB" }),
  ERR_HTTP_REQUEST_TIMEOUT: problem({ status: 408, code: "timeout", title: "The request did not arrive in time" })
}
