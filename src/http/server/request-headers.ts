/** Request headers as node:http gives them: names in lower case. */
export type RequestHeaders = Readonly<Record<string, string | ReadonlyArray<string> | undefined>>

export const headerText = (header: RequestHeaders[string]): string =>
  typeof header === "string" ? header : (header?.join(", ") ?? "")

/** RFC 9110 §11.1: a scheme in any case, then spaces. Returns an empty text when there is no such credential. */
export const bearerOf = (headers: RequestHeaders): string =>
  /^bearer +(.*)$/is.exec(headerText(headers["authorization"]))?.[1] ?? ""
