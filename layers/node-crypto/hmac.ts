import { createHash, createHmac, createSecretKey, hash, timingSafeEqual } from "node:crypto"
import * as Redacted from "effect/Redacted"
import type { Digest } from "../../src/connector/inbound.ts"

const blockBytes = 64
const digestBytes = 32
/** Most bytes of a message that takes the fast path. */
const shortBytes = 4_096

export interface HmacSha256 {
  /** Returns 32 bytes. */
  readonly ofBytes: (message: Uint8Array) => Buffer
  /** Returns 64 hex digits for the text in UTF-8. */
  readonly ofText: (message: string) => string
  /** Returns 64 hex digits for all texts that were added, concatenated, in UTF-8. */
  readonly ofTexts: () => { readonly add: (text: string) => void; readonly hex: () => string }
}

/**
 * HMAC-SHA256 (RFC 2104) for short messages in two one-shot hashes. `createHmac` makes an object outside the heap for
 * each message, which takes three times as long and more again for its collection. A hash returned as a buffer has the
 * same cost, so both are returned as text.
 */
export const hmacSha256 = (key: Buffer): HmacSha256 => {
  const block = Buffer.alloc(blockBytes)
  block.set(key.length > blockBytes ? hash("sha256", key, "buffer") : key)
  const inner = Buffer.alloc(blockBytes + shortBytes)
  const outer = Buffer.alloc(blockBytes + digestBytes)
  for (const [at, byte] of block.entries()) {
    inner[at] = byte ^ 0x36
    outer[at] = byte ^ 0x5c
  }
  const secret = createSecretKey(key)
  const views: Array<Buffer> = []
  const finish = (length: number): Buffer => {
    const view = (views[length] ??= inner.subarray(0, blockBytes + length))
    outer.write(hash("sha256", view, "binary"), blockBytes, digestBytes, "latin1")
    return outer
  }
  return {
    ofBytes: (message) => {
      if (message.length > shortBytes) return createHmac("sha256", secret).update(message).digest()
      inner.set(message, blockBytes)
      return Buffer.from(hash("sha256", finish(message.length), "binary"), "latin1")
    },
    ofText: (message) => {
      // A UTF-16 unit is at most three bytes of UTF-8.
      if (message.length * 3 > shortBytes) return createHmac("sha256", secret).update(message).digest("hex")
      return hash("sha256", finish(inner.write(message, blockBytes)), "hex")
    },
    ofTexts: () => {
      const mac = createHmac("sha256", secret)
      return { add: (text) => void mac.update(text), hex: () => mac.digest("hex") }
    }
  }
}

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
