import * as Effect from "effect/Effect"
import * as Digest from "effect/crypto/Digest"
import type { Sha256 } from "../domain/sha256.ts"

/** Returns the SHA-256 of some bytes. */
export const sha256Of = (bytes: Uint8Array): Effect.Effect<Sha256, never, Digest.Digest> =>
  Effect.gen(function* () {
    const digest = yield* Digest.Digest
    return `sha256:${yield* digest.digestHex(Digest.sha256, bytes)}`
  })
