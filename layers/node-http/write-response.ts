import type { IncomingMessage, ServerResponse } from "node:http"
import type { Duplex } from "node:stream"
import { type BytesResponse, type PlainResponse, problem } from "../../src/http/server/response.ts"

/** Milliseconds that a connection stays open after an answer to a request that is still coming. */
const linger = 1_000

/** Writes a whole answer at once. */
export const writeResponse = (response: ServerResponse, { status, headers, body }: PlainResponse | BytesResponse) => {
  if (response.destroyed) return
  if (typeof body !== "string") {
    response.writeHead(status, status === 304 ? { ...headers } : headersOf(headers, body.length))
    response.end(body)
    return
  }
  const length = Buffer.byteLength(body)
  response.writeHead(status, headersOf(headers, length))
  // ASCII text, as in most answers, is copied instead of encoded. Either way Node writes head and body at once.
  response.end(body, length === body.length ? "latin1" : "utf8")
}

/** Returns header names and values in turn, the form that Node does not convert. */
const headersOf = (headers: PlainResponse["headers"], length: number): Array<string> => {
  const list: Array<string> = []
  for (const name in headers) list.push(name, headers[name] ?? "")
  list.push("content-length", String(length))
  return list
}

/**
 * Answers before the body was read, then closes. The server reads and drops what the client is still sending for a
 * moment; otherwise the client would see a reset instead of the answer.
 */
export const refuseRequest = (
  request: IncomingMessage,
  response: ServerResponse,
  { status, headers, body }: PlainResponse
) => {
  if (response.destroyed) return
  response.writeHead(status, [...headersOf(headers, Buffer.byteLength(body)), "connection", "close"])
  response.write(body)
  // @effect-diagnostics-next-line globalTimers:off
  const timer = setTimeout(() => response.end(), linger)
  const finish = () => {
    clearTimeout(timer)
    response.end()
  }
  request.once("end", finish)
  request.once("close", finish)
  request.resume()
}

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

const malformed = problem({ status: 400, code: "malformed", title: "The bytes are not an HTTP request; send one" })
const answers: Readonly<Record<string, PlainResponse>> = {
  HPE_HEADER_OVERFLOW: problem({
    status: 431,
    code: "headers_too_large",
    title: "The headers are larger than 32 KiB; send fewer"
  }),
  ERR_HTTP_REQUEST_TIMEOUT: problem({
    status: 408,
    code: "timeout",
    title: "The request took too long to arrive; send it again"
  })
}
