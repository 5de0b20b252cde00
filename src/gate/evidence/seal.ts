import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type { CryptoError } from "effect/crypto/CryptoError"
import type * as Digest from "effect/crypto/Digest"
import * as Signature from "effect/crypto/Signature"
import * as Base64 from "effect/encoding/Base64"
import { sha256Of } from "../../attestation/digest.ts"
import type { SigningKey, TrustedKey } from "../../attestation/keys.ts"
import { canonicalJson, type Json } from "../../domain/json.ts"
import type { Sha256 } from "../words.ts"

const utf8 = new TextEncoder()

/** Returns the digest of the canonical JSON of a value. */
export const digestOf = (value: Json): Effect.Effect<Sha256, never, Digest.Digest> =>
  sha256Of(utf8.encode(canonicalJson(value)))

/** Returns the bytes that a recorder signs: the canonical JSON of all members but the signature. */
export const signedBytes = (document: Readonly<Record<string, Json>>): Uint8Array =>
  utf8.encode(canonicalJson(Object.fromEntries(Object.entries(document).filter(([name]) => name !== "signature"))))

/** Signs a document with the key of a recorder, and names that key in it. */
export const signDocument = Effect.fnUntraced(function* <Document extends Readonly<Record<string, Json>>>(
  document: Document,
  { id, privateKey }: SigningKey
): Effect.fn.Return<
  Document & { readonly recorder: Sha256; readonly signature: string },
  CryptoError,
  Signature.Signature
> {
  const { sign } = yield* Signature.Signature
  const named = { ...document, recorder: id }
  return { ...named, signature: Base64.encode(yield* sign(privateKey, signedBytes(named))) }
})

/** Returns whether the recorder that a document names signed it. `keys` are those with the role of a recorder. */
export const verifyDocument = Effect.fnUntraced(function* (
  document: Readonly<Record<string, Json>> & { readonly recorder: Sha256; readonly signature: string },
  keys: ReadonlyArray<TrustedKey>
): Effect.fn.Return<"valid" | "invalid" | "unknown_recorder", CryptoError, Signature.Signature> {
  const { verify } = yield* Signature.Signature
  const key = keys.find(({ id }) => id === document.recorder)
  if (key === undefined) return "unknown_recorder"
  const signature = Result.getOrUndefined(Base64.decode(document.signature))
  // Another spelling of the same bytes is no signature, so that no character can be changed.
  if (signature === undefined || Base64.encode(signature) !== document.signature) return "invalid"
  return (yield* verify(key.publicKey, signature, signedBytes(document))) ? "valid" : "invalid"
})
