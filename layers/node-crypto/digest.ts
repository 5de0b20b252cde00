import { createHash, timingSafeEqual } from "node:crypto"
import * as Redacted from "effect/Redacted"
import type { Digest } from "../../src/connector/inbound.ts"
import { type HmacSha256, hmacSha256 } from "./hmac.ts"

const macs = new WeakMap<Redacted.Redacted<string>, HmacSha256>()

const macOf = (secret: Redacted.Redacted<string>): HmacSha256 => {
  const known = macs.get(secret)
  if (known !== undefined) return known
  const mac = hmacSha256(Buffer.from(Redacted.value(secret)))
  macs.set(secret, mac)
  return mac
}

/** Keyed hashes on `node:crypto`. The state derived from a key is cached for the life of its secret. */
export const digest: Digest = {
  hmacSha256: (key, message) => macOf(key).ofBytes(message),
  equals: (a, b) => a.length === b.length && timingSafeEqual(a, b),
  sha256: () => {
    const sum = createHash("sha256")
    return { add: (piece) => void sum.update(piece), hex: () => sum.digest("hex") }
  }
}
