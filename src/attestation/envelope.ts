import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import type { CryptoError } from "effect/crypto/CryptoError"
import * as Signature from "effect/crypto/Signature"
import * as Base64 from "effect/encoding/Base64"
import { canonicalJson, type Json } from "../domain/json.ts"
import { jsonIn } from "../domain/parse-json.ts"
import type { SigningKey, TrustedKey } from "./keys.ts"
import { AttestationRefused, type RefusalReason } from "./refused.ts"

/** Payload type of an in-toto Statement. */
export const inTotoPayload = "application/vnd.in-toto+json"

const Envelope = Schema.Struct({
  payloadType: Schema.String,
  payload: Schema.String,
  signatures: Schema.NonEmptyArray(Schema.Struct({ keyid: Schema.String, sig: Schema.String }))
})

const decodeEnvelope = Schema.decodeUnknownResult(Envelope, { onExcessProperty: "error" })

/** Most characters of an envelope unless its kind says more, so that a wrong file is refused before it is parsed. */
export const mostCharacters = 4_194_304

const utf8 = new TextEncoder()

/** Returns the bytes that DSSE signs: the pre-authentication encoding of type and payload. */
export const preAuthEncoding = (payloadType: string, payload: Uint8Array): Uint8Array => {
  const head = utf8.encode(`DSSEv1 ${utf8.encode(payloadType).length} ${payloadType} ${payload.length} `)
  const bytes = new Uint8Array(head.length + payload.length)
  bytes.set(head)
  bytes.set(payload, head.length)
  return bytes
}

/** Signs a payload with each key. Returns the DSSE envelope as canonical JSON. */
export const sealEnvelope = Effect.fnUntraced(function* (
  payloadType: string,
  payload: Uint8Array,
  keys: readonly [SigningKey, ...ReadonlyArray<SigningKey>]
): Effect.fn.Return<string, CryptoError, Signature.Signature> {
  const { sign } = yield* Signature.Signature
  const bytes = preAuthEncoding(payloadType, payload)
  const signatures = yield* Effect.forEach(keys, ({ id, privateKey }) =>
    Effect.map(sign(privateKey, bytes), (signature) => ({ keyid: id, sig: Base64.encode(signature) }))
  )
  return canonicalJson({ payloadType, payload: Base64.encode(payload), signatures })
})

/** A payload whose signatures were verified. */
export interface OpenedEnvelope {
  readonly payload: Uint8Array
  /** Ids of the trusted keys that signed it; at least one. */
  readonly signers: ReadonlyArray<string>
  /** Ids of keys that the verifier does not know. Their signatures prove nothing. */
  readonly unknownSigners: ReadonlyArray<string>
}

const refuse = (reason: RefusalReason, message: string) => Effect.fail(new AttestationRefused({ reason, message }))

/** Decodes base64 in its one canonical form, so that no character can be changed without a change of the bytes. */
const bytesOf = (text: string, what: string): Effect.Effect<Uint8Array, AttestationRefused> => {
  const bytes = Result.getOrUndefined(Base64.decode(text))
  return bytes === undefined || Base64.encode(bytes) !== text
    ? refuse("encoding", `expected base64 with padding in \`${what}\`, found another text`)
    : Effect.succeed(bytes)
}

/** Returns a JSON text without its layout. A slash may be written with a backslash, as some programs do. */
const bare = (text: string) => text.replace(/\s+/g, "").replaceAll("\\/", "/")

/** Returns true when an object of the text has a member twice. Programs do not agree on which one counts. */
const repeats = (text: string, json: Json) => bare(text).length !== bare(canonicalJson(json)).length

/**
 * Verifies a DSSE envelope. Every signature that names a trusted key must be right, and at least one must name one. Nothing
 * of the payload is read before that.
 */
export const openEnvelope = Effect.fnUntraced(function* (
  text: string,
  payloadType: string,
  trusted: ReadonlyArray<TrustedKey>,
  most: number = mostCharacters
): Effect.fn.Return<OpenedEnvelope, AttestationRefused | CryptoError, Signature.Signature> {
  const json = text.length > most ? undefined : jsonIn(text)
  if (json === undefined) return yield* refuse("not_json", "expected a JSON text of at most 4 MiB, found another file")
  const decoded = decodeEnvelope(json)
  if (Result.isFailure(decoded) || repeats(text, json))
    return yield* refuse(
      "envelope",
      "expected a DSSE envelope with `payloadType`, `payload` and `signatures` of `keyid` and `sig`, each once, found other members"
    )
  const envelope = decoded.success
  if (envelope.payloadType !== payloadType)
    return yield* refuse("payload_type", `expected the payload type ${payloadType}, found another`)
  const payload = yield* bytesOf(envelope.payload, "payload")
  const { verify } = yield* Signature.Signature
  const signers = new Set<string>()
  const unknownSigners: Array<string> = []
  for (const [at, { keyid, sig }] of envelope.signatures.entries()) {
    const signature = yield* bytesOf(sig, `signatures[${at}].sig`)
    const key = trusted.find(({ id }) => id === keyid)
    if (key === undefined) unknownSigners.push(keyid)
    else if (yield* verify(key.publicKey, signature, preAuthEncoding(payloadType, payload))) signers.add(keyid)
    else
      return yield* refuse(
        "signature",
        `the signature of key ${key.id} is wrong: the payload or the signature was changed`
      )
  }
  if (signers.size === 0)
    return yield* refuse(
      "unknown_key",
      `expected a signature by ${trusted.map(({ id }) => id).join(" or ")}, found ${unknownSigners.length} by other keys`
    )
  return { payload, signers: [...signers], unknownSigners }
})
