import type { IncomingMessage, ServerResponse } from "node:http"
import type { BytesResponse, PlainResponse } from "../../src/http/server/response.ts"

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

/** Milliseconds. */
const linger = 1_000
