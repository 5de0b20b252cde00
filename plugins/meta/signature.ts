import type { Verify } from "../../src/connector/inbound.ts"

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
