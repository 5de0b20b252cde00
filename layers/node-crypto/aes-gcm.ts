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

/** Holds what a cipher made of one text: nonce, ciphertext and tag. */
type Parts = readonly [iv: Buffer, body: Buffer, tag: Buffer]

/** Returns the three parts, concatenated, in base64. */
const joined = (parts: Parts): string => {
  const length = parts.reduce((sum, part) => sum + part.length, 0)
  if (length > sealed.length) return Buffer.concat(parts, length).toString("base64")
  let at = 0
  for (const part of parts) {
    sealed.set(part, at)
    at += part.length
  }
  return sealed.toString("base64", 0, length)
}

/**
 * Returns a function that encrypts. Each text needs its own cipher, and each buffer that a cipher returns is memory
 * outside the heap. So it takes as few buffers as possible, and ignores that of `final`, which is empty in this mode.
 */
const encrypting = (key: KeyObject, keyId: string): ((bytes: Uint8Array) => Parts) => {
  const associated = Buffer.from(keyId)
  return (bytes) => {
    const iv = nonce()
    const cipher = createCipheriv(algorithm, key, iv)
    cipher.setAAD(associated)
    const body = cipher.update(bytes)
    cipher.final()
    return [iv, body, cipher.getAuthTag()]
  }
}

const sealing = (key: KeyObject, keyId: string): ((text: string) => string) => {
  const encrypt = encrypting(key, keyId)
  return (text) => joined(encrypt(bytesOf(text)))
}

const sealingBytes = (key: KeyObject, keyId: string): ((bytes: Uint8Array) => Buffer) => {
  const encrypt = encrypting(key, keyId)
  return (bytes) => Buffer.concat(encrypt(bytes))
}

const openBytes = (key: KeyObject, keyId: string, bytes: Uint8Array): Effect.Effect<Buffer, Unreadable> =>
  Effect.try({
    try: () => {
      const decipher = createDecipheriv(algorithm, key, bytes.subarray(0, nonceBytes), { authTagLength: tagBytes })
      decipher.setAAD(Buffer.from(keyId))
      decipher.setAuthTag(bytes.subarray(-tagBytes))
      return Buffer.concat([decipher.update(bytes.subarray(nonceBytes, -tagBytes)), decipher.final()])
    },
    catch: () => new Unreadable({ reason: "not as it was sealed" })
  })

const open = (key: KeyObject, keyId: string, body: string): Effect.Effect<string, Unreadable> =>
  Effect.flatMap(openBytes(key, keyId, Buffer.from(body, "base64")), (bytes) =>
    Effect.try({
      try: () => strict.decode(bytes),
      catch: () => new Unreadable({ reason: "not as it was sealed" })
    })
  )

/**
 * Nonce (96 random bits), ciphertext and tag, as base64 or as bytes. The key's id is authenticated as well.
 */
export const aesGcm = { sealing, open, sealingBytes, openBytes }
