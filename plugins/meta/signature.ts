import type { Verify } from "../../src/connector/inbound.ts"

const scheme = "sha256="
const digestBytes = 32

const nibble = (code: number): number => {
  if (code >= 48 && code <= 57) return code - 48
  return code >= 97 && code <= 102 ? code - 87 : -1
}

const claimed = (header: string): Uint8Array | undefined => {
  if (header.length !== scheme.length + digestBytes * 2 || !header.startsWith(scheme)) return undefined
  const bytes = new Uint8Array(digestBytes)
  for (let index = 0; index < digestBytes; index++) {
    const at = scheme.length + index * 2
    const high = nibble(header.charCodeAt(at))
    const low = nibble(header.charCodeAt(at + 1))
    if (high < 0 || low < 0) return undefined
    bytes[index] = high * 16 + low
  }
  return bytes
}

/**
 * `X-Hub-Signature-256: sha256=` and 64 lower-case hex digits: HMAC-SHA256 of the exact body under the app secret.
 * The index of the secret that signed, or -1. Source: META 1.2.
 */
export const verify: Verify = (webhook, secrets, digest) => {
  const header = webhook.headers["x-hub-signature-256"]
  const signature = typeof header === "string" ? claimed(header) : undefined
  if (signature === undefined) return -1
  return secrets.findIndex((secret) => digest.equals(digest.hmacSha256(secret, webhook.body), signature))
}
