import type { HttpServerRequest } from "effect/http/HttpServerRequest"

/** The bearer token of a request; empty where it has none. */
export const tokenOf = (request: HttpServerRequest): string => {
  const header = request.headers["authorization"] ?? ""
  return header.startsWith("Bearer ") ? header.slice("Bearer ".length) : ""
}
