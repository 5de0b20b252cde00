import { execFileSync } from "node:child_process"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Digest from "effect/crypto/Digest"
import * as KeyFormat from "effect/crypto/KeyFormat"
import * as SecureRandom from "effect/crypto/SecureRandom"
import * as Signature from "effect/crypto/Signature"
import { readSigningKey } from "../../src/attestation/keys.ts"

/** Signatures and digests of this Node. */
export const cryptography = Layer.mergeAll(
  Signature.layerWebCrypto.pipe(Layer.provide(SecureRandom.layerWebCrypto)),
  Digest.layerWebCrypto
)

/** A new key pair in PEM, made by the program's own library. */
export const newPems = Effect.gen(function* () {
  const signature = yield* Signature.Signature
  const { privateKey, publicKey } = yield* signature.generateKeyPair(Signature.ed25519)
  return {
    private: yield* KeyFormat.encode(KeyFormat.pem(KeyFormat.pkcs8), privateKey),
    public: yield* KeyFormat.encode(KeyFormat.pem(KeyFormat.spki), publicKey)
  }
})

export const newKey = Effect.flatMap(newPems, (pems) => readSigningKey(pems.private))

/** Runs `openssl` with an input. */
export const openssl = (args: ReadonlyArray<string>, input: string | Uint8Array = "") =>
  execFileSync("openssl", args, { input, stdio: ["pipe", "pipe", "pipe"] })
