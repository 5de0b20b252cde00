import type { IncomingMessage, ServerResponse } from "node:http"
import type { BytesResponse, PlainResponse } from "../../src/http/server/response.ts"

/** The whole answer at once. */
export const writeResponse = (response: ServerResponse, { status, headers, body }: PlainResponse | BytesResponse) => {
  if (response.destroyed) return
  if (typeof body !== "string") {
    response.writeHead(status, status === 304 ? { ...headers } : headersOf(headers, body.length))
    response.end(body)
    return
  }
  const length = Buffer.byteLength(body)
  response.writeHead(status, headersOf(headers, length))
  // What is ASCII, as most answers are, is copied and not encoded; either way Node writes head and body at once.
  response.end(body, length === body.length ? "latin1" : "utf8")
}

/** Names and values in turn: what Node takes without looking at it twice. */
const headersOf = (headers: PlainResponse["headers"], length: number): Array<string> => {
  const list: Array<string> = []
  for (const name in headers) list.push(name, headers[name] ?? "")
  list.push("content-length", String(length))
  return list
}

/**
 * Answers before the body was read, then closes. What the client is still sending is read and dropped for a moment, or
 * it would see a reset in place of the answer.
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

/** Milliseconds. */
const linger = 1_000
