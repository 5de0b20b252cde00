import { createCipheriv, createDecipheriv, type KeyObject } from "node:crypto"
import * as Effect from "effect/Effect"
import { Unreadable } from "../../src/secrets/sealer.ts"
import { pooled } from "./random.ts"

const algorithm = "aes-256-gcm"
const nonceBytes = 12
const tagBytes = 16
const nonce = pooled(nonceBytes)
const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })

const seal = (key: KeyObject, keyId: string, text: string): string => {
  const iv = nonce()
  const cipher = createCipheriv(algorithm, key, iv, { authTagLength: tagBytes })
  cipher.setAAD(Buffer.from(keyId))
  const first = cipher.update(text, "utf8")
  const last = cipher.final()
  return Buffer.concat([iv, first, last, cipher.getAuthTag()]).toString("base64")
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

/** Base64 of nonce (96 random bits), ciphertext and tag. The key's id is authenticated along. */
export const aesGcm = { seal, open }
