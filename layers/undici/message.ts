import * as Redacted from "effect/Redacted"
import type { ProviderAnswer, ProviderRequest } from "../../src/connector/provider-http.ts"

/** The body as text. */
export const text = (chunks: ReadonlyArray<Buffer>) =>
  chunks[0] !== undefined && chunks.length === 1 ? chunks[0].toString() : Buffer.concat(chunks).toString()

/** Headers with one value each: repeated ones are joined as RFC 9110 §5.3 says. */
export const flat = (headers: NodeJS.Dict<string | string[]>): ProviderAnswer["headers"] => {
  const out: Record<string, string> = {}
  for (const name of Object.keys(headers)) {
    const value = headers[name]
    if (value !== undefined) out[name] = typeof value === "string" ? value : value.join(", ")
  }
  return out
}

/** Header names and values in turn, as undici takes them. */
export const lines = (request: ProviderRequest) => {
  const out: Array<string> = []
  for (const name of Object.keys(request.headers)) out.push(name, request.headers[name] ?? "")
  if (request.bearer !== undefined) out.push("authorization", `Bearer ${Redacted.value(request.bearer)}`)
  return out
}
