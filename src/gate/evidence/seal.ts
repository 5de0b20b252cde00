import * as Effect from "effect/Effect"
import * as Digest from "effect/crypto/Digest"
import { canonicalJson, type Json } from "../../domain/json.ts"
import type { GateEvidence, UnsignedEvidence } from "./evidence.ts"
import type { Sha256 } from "../words.ts"

const utf8 = new TextEncoder()

/** Returns the digest of the canonical JSON of a value. */
export const digestOf = (value: Json): Effect.Effect<Sha256, never, Digest.Digest> =>
  Effect.gen(function* () {
    const digest = yield* Digest.Digest
    return `sha256:${yield* digest.digestHex(Digest.sha256, utf8.encode(canonicalJson(value)))}`
  })

/** Returns the bytes that a recorder signs: the canonical JSON of all members but the signature. */
export const signedBytes = (evidence: UnsignedEvidence | GateEvidence): Uint8Array =>
  utf8.encode(canonicalJson(Object.fromEntries(Object.entries(evidence).filter(([name]) => name !== "signature"))))

/** Signs evidence. `sign` returns the Ed25519 signature of the recorder's key in base64. */
export const signEvidence = <E, R>(
  evidence: UnsignedEvidence,
  sign: (bytes: Uint8Array) => Effect.Effect<string, E, R>
): Effect.Effect<GateEvidence, E, R> =>
  Effect.map(sign(signedBytes(evidence)), (signature) => ({ ...evidence, signature }))

/**
 * Returns whether the recorder that the evidence names signed it. `verify` returns `undefined` when it has no key of that
 * id with the role of a recorder.
 */
export const verifyEvidence = <E, R>(
  evidence: GateEvidence,
  verify: (recorder: string, bytes: Uint8Array, signature: string) => Effect.Effect<boolean | undefined, E, R>
): Effect.Effect<"valid" | "invalid" | "unknown_recorder", E, R> =>
  Effect.map(verify(evidence.recorder, signedBytes(evidence), evidence.signature), (good) => {
    if (good === undefined) return "unknown_recorder"
    return good ? "valid" : "invalid"
  })
