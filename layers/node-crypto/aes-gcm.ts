import { createCipheriv, createDecipheriv, type KeyObject } from "node:crypto"
import * as Effect from "effect/Effect"
import { Unreadable } from "../../src/secrets/sealer.ts"
import { pooled } from "./key.ts"

const algorithm = "aes-256-gcm"
const nonceBytes = 12
const tagBytes = 16
const nonce = pooled(nonceBytes)
const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })

/** Most bytes of a text that uses the shared buffers. A longer one gets its own. */
const shortBytes = 65_536

const scratch = Buffer.alloc(shortBytes)
const sealed = Buffer.alloc(nonceBytes + shortBytes + tagBytes)

/** Returns the text in UTF-8, valid until the next call. A UTF-16 unit is at most three bytes of it. */
const bytesOf = (text: string): Buffer =>
  text.length * 3 > shortBytes ? Buffer.from(text) : scratch.subarray(0, scratch.write(text))

/** Returns the three parts, concatenated, in base64. */
const joined = (iv: Buffer, body: Buffer, tag: Buffer): string => {
  const length = iv.length + body.length + tag.length
  if (length > sealed.length) return Buffer.concat([iv, body, tag], length).toString("base64")
  sealed.set(iv)
  sealed.set(body, iv.length)
  sealed.set(tag, iv.length + body.length)
  return sealed.toString("base64", 0, length)
}

/**
 * Returns a function that seals texts. Each text needs its own cipher, and each buffer that a cipher returns is memory
 * outside the heap. So it takes as few buffers as possible, and ignores that of `final`, which is empty in this mode.
 */
const sealing = (key: KeyObject, keyId: string): ((text: string) => string) => {
  const associated = Buffer.from(keyId)
  return (text) => {
    const iv = nonce()
    const cipher = createCipheriv(algorithm, key, iv)
    cipher.setAAD(associated)
    const body = cipher.update(bytesOf(text))
    cipher.final()
    return joined(iv, body, cipher.getAuthTag())
  }
}

const open = (key: KeyObject, keyId: string, body: string): Effect.Effect<string, Unreadable> =>
  Effect.try({
    try: () => {
      const bytes = Buffer.from(body, "base64")
      const decipher = createDecipheriv(algorithm, key, bytes.subarray(0, nonceBytes), { authTagLength: tagBytes })
      decipher.setAAD(Buffer.from(keyId))
      decipher.setAuthTag(bytes.subarray(-tagBytes))
      return strict.decode(Buffer.concat([decipher.update(bytes.subarray(nonceBytes, -tagBytes)), decipher.final()]))
    },
    catch: () => new Unreadable({ reason: "not as it was sealed" })
  })

/** Base64 of nonce (96 random bits), ciphertext and tag. The key's id is authenticated as well. */
export const aesGcm = { sealing, open }
