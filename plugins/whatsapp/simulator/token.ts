import type { HttpServerRequest } from "effect/http/HttpServerRequest"

/** Returns the bearer token of a request; empty when it has none. */
export const tokenOf = (request: HttpServerRequest): string => {
  const header = request.headers["authorization"] ?? ""
  return header.startsWith("Bearer ") ? header.slice("Bearer ".length) : ""
}
