import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type { CryptoError } from "effect/crypto/CryptoError"
import type * as Digest from "effect/crypto/Digest"
import * as Signature from "effect/crypto/Signature"
import * as Base64 from "effect/encoding/Base64"
import { sha256Of } from "../../attestation/digest.ts"
import type { SigningKey, TrustedKey } from "../../attestation/keys.ts"
import { canonicalJson, type Json } from "../../domain/json.ts"
import type { GateEvidence, UnsignedEvidence } from "./evidence.ts"
import type { Sha256 } from "../words.ts"

const utf8 = new TextEncoder()

/** Returns the digest of the canonical JSON of a value. */
export const digestOf = (value: Json): Effect.Effect<Sha256, never, Digest.Digest> =>
  sha256Of(utf8.encode(canonicalJson(value)))

/** Returns the bytes that a recorder signs: the canonical JSON of all members but the signature. */
export const signedBytes = (evidence: UnsignedEvidence | GateEvidence): Uint8Array =>
  utf8.encode(canonicalJson(Object.fromEntries(Object.entries(evidence).filter(([name]) => name !== "signature"))))

/** Signs evidence with the key of a recorder, and names that key in it. */
export const signEvidence = (
  evidence: Omit<UnsignedEvidence, "recorder">,
  { id, privateKey }: SigningKey
): Effect.Effect<GateEvidence, CryptoError, Signature.Signature> =>
  Effect.gen(function* () {
    const { sign } = yield* Signature.Signature
    const named: UnsignedEvidence = { ...evidence, recorder: id }
    return { ...named, signature: Base64.encode(yield* sign(privateKey, signedBytes(named))) }
  })

/** Returns whether the recorder that the evidence names signed it. `keys` are those with the role of a recorder. */
export const verifyEvidence = (
  evidence: GateEvidence,
  keys: ReadonlyArray<TrustedKey>
): Effect.Effect<"valid" | "invalid" | "unknown_recorder", CryptoError, Signature.Signature> =>
  Effect.gen(function* () {
    const { verify } = yield* Signature.Signature
    const key = keys.find(({ id }) => id === evidence.recorder)
    if (key === undefined) return "unknown_recorder"
    const signature = Result.getOrUndefined(Base64.decode(evidence.signature))
    // Another spelling of the same bytes is no signature, so that no character can be changed.
    if (signature === undefined || Base64.encode(signature) !== evidence.signature) return "invalid"
    return (yield* verify(key.publicKey, signature, signedBytes(evidence))) ? "valid" : "invalid"
  })
