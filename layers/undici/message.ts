import { Readable } from "node:stream"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import type { NotSent, ProviderAnswer, ProviderRequest } from "../../src/connector/provider-http.ts"
import { userAgent } from "./user-agent.ts"

/** Returns the body as text. */
export const textOf = (chunks: ReadonlyArray<Buffer>) =>
  chunks[0] !== undefined && chunks.length === 1 ? chunks[0].toString() : Buffer.concat(chunks).toString()

/** Returns headers with one value each. Joins repeated ones by RFC 9110 §5.3. */
export const flat = (headers: NodeJS.Dict<string | string[]>): ProviderAnswer["headers"] => {
  const out: Record<string, string> = {}
  for (const name of Object.keys(headers)) {
    const value = headers[name]
    if (value !== undefined) out[name] = typeof value === "string" ? value : value.join(", ")
  }
  return out
}

/** Origin and path of a request. */
export interface Address {
  readonly origin: string
  readonly path: string
}

const parse = (url: string): Address | undefined => {
  const parsed = URL.parse(url)
  if (parsed === null || !/^https?:$/.test(parsed.protocol)) return undefined
  if (parsed.username !== "" || parsed.password !== "") return undefined
  return { origin: parsed.origin, path: parsed.pathname + parsed.search }
}

/**
 * Parsed addresses of POST requests: nearly all calls of an account go to one address. Addresses that are read from
 * differ each time.
 */
const knownAddresses = new Map<string, Address>()
const maxKnownAddresses = 1_024

/** Returns the address of a request. Returns `undefined` when it is not an HTTP URL, or contains a user. */
export const requestAddress = ({ url, method }: ProviderRequest): Address | undefined => {
  if (method !== "POST") return parse(url)
  const before = knownAddresses.get(url)
  if (before !== undefined) return before
  const address = parse(url)
  if (address === undefined) return undefined
  if (knownAddresses.size === maxKnownAddresses) knownAddresses.clear()
  knownAddresses.set(url, address)
  return address
}

/** Returns the body for undici. A source is read as fast as the peer takes it. */
export const requestBody = ({ body, content }: ProviderRequest) =>
  content === undefined ? (body ?? null) : Readable.from(Stream.toAsyncIterable(content.bytes))

/** Returns header names and values in turn, as undici takes them. */
export const headerLines = (request: ProviderRequest) => {
  const out: Array<string> = []
  for (const name of Object.keys(request.headers)) out.push(name, request.headers[name] ?? "")
  if (request.headers["user-agent"] === undefined) out.push("user-agent", userAgent)
  if (request.content !== undefined) out.push("content-length", String(request.content.length))
  if (request.bearer !== undefined) out.push("authorization", `Bearer ${Redacted.value(request.bearer)}`)
  return out
}

const notSentReasons: Readonly<Record<string, NotSent["reason"]>> = {
  ECONNREFUSED: "refused",
  ENOTFOUND: "dns",
  ETIMEDOUT: "connect_timeout",
  UND_ERR_CONNECT_TIMEOUT: "connect_timeout",
  UND_ERR_INVALID_ARG: "invalid",
  UND_ERR_NOT_SUPPORTED: "invalid",
  UND_ERR_REQ_CONTENT_LENGTH_MISMATCH: "invalid",
  EPROTO: "tls"
}

/**
 * Returns the code of an error of undici, TLS or the operating system. Their messages and fields may quote the peer;
 * the code does not.
 */
export const reasonCode = (error: unknown): string =>
  error instanceof Error ? ("code" in error && typeof error.code === "string" ? error.code : error.name) : "unknown"

/** Returns the reason why nothing was sent. */
export const reasonOf = (code: string): NotSent["reason"] => {
  const known = notSentReasons[code]
  if (known !== undefined) return known
  if (code.startsWith("EAI_")) return "dns"
  if (code.startsWith("UND_ERR_") || /^E[A-Z0-9]+$/.test(code)) return "network"
  return "tls"
}
