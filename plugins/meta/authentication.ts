import * as Redacted from "effect/Redacted"
import type { Handshake, Verify } from "../../src/connector/inbound.ts"

const utf8 = new TextEncoder()

/** Returns a parameter of the query. Some proxies in front of the gateway replace its dots by underscores (META 1.1). */
const parameter = (query: URLSearchParams, name: string) => query.get(`hub.${name}`) ?? query.get(`hub_${name}`) ?? ""

/** Answers `hub.challenge` unchanged when `hub.verify_token` is a configured token. Source: META 1.1. */
export const handshake: Handshake = (query, secrets, digest) => {
  const token = utf8.encode(parameter(query, "verify_token"))
  const challenge = parameter(query, "challenge")
  const known = secrets.filter((secret) => {
    const ours = utf8.encode(Redacted.value(secret))
    return ours.length > 0 && digest.equals(digest.hmacSha256(secret, token), digest.hmacSha256(secret, ours))
  })
  return known.length > 0 && challenge !== "" && parameter(query, "mode") === "subscribe"
    ? { _tag: "Accepted", body: challenge }
    : { _tag: "Refused" }
}

const scheme = "sha256="
const digestBytes = 32

/** Value of each lower-case hex digit by its character code; negative for other characters. */
const digits = new Int8Array(0x80).fill(-1)
for (const [value, digit] of Array.from("0123456789abcdef").entries()) digits[digit.charCodeAt(0)] = value

const claimed = (header: string): Uint8Array | undefined => {
  if (header.length !== scheme.length + digestBytes * 2 || !header.startsWith(scheme)) return undefined
  const bytes = new Uint8Array(digestBytes)
  let at = scheme.length
  for (let index = 0; index < digestBytes; index++) {
    const high = digits[header.charCodeAt(at++)] ?? -1
    const low = digits[header.charCodeAt(at++)] ?? -1
    if (high < 0 || low < 0) return undefined
    bytes[index] = high * 16 + low
  }
  return bytes
}

/**
 * Verifies `X-Hub-Signature-256: sha256=` and 64 lower-case hex digits: HMAC-SHA256 of the exact body under the app
 * secret. Returns the index of the secret that signed, or -1. Source: META 1.2.
 */
export const verify: Verify = (webhook, secrets, digest) => {
  const header = webhook.headers["x-hub-signature-256"]
  const signature = typeof header === "string" ? claimed(header) : undefined
  if (signature === undefined) return -1
  return secrets.findIndex((secret) => digest.equals(digest.hmacSha256(secret, webhook.body), signature))
}
