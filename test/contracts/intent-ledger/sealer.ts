import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { Sealer, Unreadable } from "../../../src/secrets/sealer.ts"

/** Seals under a random key. It cannot open content that another instance sealed. */
export const testSealer: Layer.Layer<Sealer> = Layer.sync(Sealer, () => {
  const key = randomBytes(32)
  return Sealer.of({
    kind: "aes-256-gcm",
    seal: (text) => {
      const nonce = randomBytes(12)
      const cipher = createCipheriv("aes-256-gcm", key, nonce)
      const body = Buffer.concat([cipher.update(text), cipher.final()])
      return `1:test:${Buffer.concat([nonce, cipher.getAuthTag(), body]).toString("base64")}`
    },
    open: (sealed) =>
      Effect.try({
        try: () => {
          const bytes = Buffer.from(sealed.slice("1:test:".length), "base64")
          const opening = createDecipheriv("aes-256-gcm", key, bytes.subarray(0, 12))
          opening.setAuthTag(bytes.subarray(12, 28))
          return Buffer.concat([opening.update(bytes.subarray(28)), opening.final()]).toString()
        },
        catch: () => new Unreadable({ reason: "another key" })
      })
  })
})
