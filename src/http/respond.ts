import * as HttpServerResponse from "effect/http/HttpServerResponse"
import type { PlainResponse } from "./plain-response.ts"

export const respond = ({ status, headers, body }: PlainResponse): HttpServerResponse.HttpServerResponse =>
  HttpServerResponse.text(body, { status, headers, contentType: headers["content-type"] ?? "text/plain" })
