import * as HttpServerResponse from "effect/http/HttpServerResponse"
import type { BytesResponse, PlainResponse } from "./response.ts"

export const respond = ({
  status,
  headers,
  body
}: PlainResponse | BytesResponse): HttpServerResponse.HttpServerResponse => {
  const options = { status, headers, contentType: headers["content-type"] ?? "text/plain" }
  if (typeof body === "string") return HttpServerResponse.text(body, options)
  return status === 304 ? HttpServerResponse.empty({ status, headers }) : HttpServerResponse.uint8Array(body, options)
}
