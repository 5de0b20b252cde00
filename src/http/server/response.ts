import * as HttpServerResponse from "effect/http/HttpServerResponse"

/** An HTTP response without a framework: status, headers in lower case, and the whole body. */
export interface PlainResponse {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** An HTTP response with a body of bytes, which many responses may share. */
export interface BytesResponse extends Omit<PlainResponse, "body"> {
  readonly body: Uint8Array
}

/** A problem of RFC 9457. `code` is a fixed word that names the problem; `detail` never holds text from outside. */
export interface Problem {
  readonly status: number
  readonly code: string
  readonly title: string
  readonly detail?: string
  /** Extension members of this problem. */
  readonly extra?: Readonly<Record<string, unknown>>
  readonly headers?: Readonly<Record<string, string>>
}

export const problem = ({ status, code, title, detail, extra, headers }: Problem): PlainResponse => ({
  status,
  headers: { "content-type": "application/problem+json", "cache-control": "no-store", ...headers },
  body: JSON.stringify({
    type: `urn:comporta:problem:${code}`,
    title,
    status,
    code,
    ...(detail === undefined ? {} : { detail }),
    ...extra
  })
})

export const json = (status: number, value: unknown, headers?: Readonly<Record<string, string>>): PlainResponse => ({
  status,
  headers: { "content-type": "application/json", "cache-control": "no-store", ...headers },
  body: JSON.stringify(value)
})

export const text = (status: number, body: string): PlainResponse => ({
  status,
  headers: { "content-type": "text/plain; charset=utf-8", "cache-control": "no-store" },
  body
})

/** Returns the header `Retry-After` for a delay in milliseconds: whole seconds, rounded up, at least 1. */
export const retryAfter = (millis: number) => ({
  "retry-after": String(Math.max(1, Math.ceil(millis / 1_000)))
})

export const notFoundResponse = problem({
  status: 404,
  code: "not_found",
  title: "No route of this port has this method and address; /openapi.json on the port of the API lists them"
})
export const internal = problem({ status: 500, code: "internal", title: "The gateway failed; its log says where" })
export const tooBusy = problem({
  status: 503,
  code: "too_many_at_once",
  title: "Too many requests are under way; send this one again after Retry-After",
  headers: retryAfter(1_000)
})
export const methodNotAllowed = (allow: string) =>
  problem({
    status: 405,
    code: "method_not_allowed",
    title: "This address does not support the method; Allow lists those that it supports",
    headers: { allow }
  })

/** Converts a response to the type that the HTTP server of `effect` sends. */
export const toResponse = ({
  status,
  headers,
  body
}: PlainResponse | BytesResponse): HttpServerResponse.HttpServerResponse => {
  const options = { status, headers, contentType: headers["content-type"] ?? "text/plain" }
  if (typeof body === "string") return HttpServerResponse.text(body, options)
  return status === 304 ? HttpServerResponse.empty({ status, headers }) : HttpServerResponse.uint8Array(body, options)
}
