/** Request headers in the form of node:http: names in lower case. */
export type RequestHeaders = Readonly<Record<string, string | ReadonlyArray<string> | undefined>>

/** Returns the value of a header, several values joined by commas; an empty text when the header is absent. */
export const headerText = (header: RequestHeaders[string]): string =>
  typeof header === "string" ? header : (header?.join(", ") ?? "")

/**
 * Returns the bearer credential of a request, or an empty text when there is none. The scheme may be in any case and is
 * followed by spaces (RFC 9110 §11.1).
 */
export const bearerOf = (headers: RequestHeaders): string =>
  /^bearer +(.*)$/is.exec(headerText(headers["authorization"]))?.[1] ?? ""
