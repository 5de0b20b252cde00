import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { Sealer, Unreadable } from "../../../src/secrets/sealer.ts"

/** Seals under a random key. It cannot open content that another instance sealed. */
export const testSealer: Layer.Layer<Sealer> = Layer.sync(Sealer, () => {
  const key = randomBytes(32)
  const sealBytes = (bytes: Uint8Array) => {
    const nonce = randomBytes(12)
    const cipher = createCipheriv("aes-256-gcm", key, nonce)
    const body = Buffer.concat([cipher.update(bytes), cipher.final()])
    return Buffer.concat([nonce, cipher.getAuthTag(), body])
  }
  const openBytes = (bytes: Uint8Array) =>
    Effect.try({
      try: () => {
        const opening = createDecipheriv("aes-256-gcm", key, bytes.subarray(0, 12))
        opening.setAuthTag(bytes.subarray(12, 28))
        return Buffer.concat([opening.update(bytes.subarray(28)), opening.final()])
      },
      catch: () => new Unreadable({ reason: "another key" })
    })
  return Sealer.of({
    kind: "aes-256-gcm",
    seal: (text) => `1:test:${sealBytes(Buffer.from(text)).toString("base64")}`,
    open: (sealed) =>
      Effect.map(openBytes(Buffer.from(sealed.slice("1:test:".length), "base64")), (bytes) => bytes.toString()),
    sealBytes,
    openBytes
  })
})
