import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import type { CryptoError } from "effect/crypto/CryptoError"
import type * as Signature from "effect/crypto/Signature"
import { isJsonObject, type Json } from "../domain/json.ts"
import { canonicalBytes, canonicalIn, type NotCanonical } from "./canonical-json.ts"
import { inTotoPayload, openEnvelope, sealEnvelope } from "./envelope.ts"
import type { SigningKey, TrustedKey } from "./keys.ts"
import { AttestationRefused, type RefusalReason } from "./refused.ts"

/** Type of a statement of in-toto, version 1. */
const statementType = "https://in-toto.io/Statement/v1"

/** A thing that a statement is about: its name and its SHA-256 in hex, without a prefix. */
export const StatementSubject = Schema.Struct({
  name: Schema.String.check(Schema.isPattern(/^[A-Za-z0-9][A-Za-z0-9._/:-]{0,255}$/)),
  digest: Schema.Struct({ sha256: Schema.String.check(Schema.isPattern(/^[0-9a-f]{64}$/)) })
})
export type StatementSubject = typeof StatementSubject.Type

const Statement = Schema.Struct({
  _type: Schema.Literal(statementType),
  subject: Schema.NonEmptyArray(StatementSubject),
  predicateType: Schema.String,
  predicate: Schema.Unknown
})

const decodeStatement = Schema.decodeUnknownResult(Statement, { onExcessProperty: "error" })

/**
 * A kind of statement: `family` and `version` are the URI `<family>:v<version>`, and the schema closes the predicate. A
 * predicate is JSON of the same form before and after its decoding.
 */
export interface PredicateKind<P> {
  readonly family: string
  readonly version: number
  readonly schema: Schema.Decoder<P>
}

/** Returns the URI of a kind of statement. */
export const predicateUri = ({ family, version }: PredicateKind<never> | PredicateKind<unknown>): string =>
  `${family}:v${version}`

/** A statement about its subjects. */
export interface Attestation<P> {
  readonly subject: readonly [StatementSubject, ...ReadonlyArray<StatementSubject>]
  readonly predicate: P
}

/** A statement whose signature was verified. */
export interface OpenedAttestation<P> extends Attestation<P> {
  readonly signers: ReadonlyArray<string>
  readonly unknownSigners: ReadonlyArray<string>
}

const refuse = (reason: RefusalReason, message: string) => Effect.fail(new AttestationRefused({ reason, message }))

/** Signs a statement. Returns the envelope as text. */
export const attest = Effect.fnUntraced(function* (
  kind: PredicateKind<unknown>,
  { subject, predicate }: Attestation<Json>,
  keys: readonly [SigningKey, ...ReadonlyArray<SigningKey>]
): Effect.fn.Return<string, CryptoError | NotCanonical, Signature.Signature> {
  const statement = { _type: statementType, subject, predicateType: predicateUri(kind), predicate }
  return yield* sealEnvelope(inTotoPayload, yield* Effect.fromResult(canonicalBytes(statement)), keys)
})

/** Verifies a signed statement and decodes its predicate. A member that no schema names is refused. */
export const openAttestation = <P>(kind: PredicateKind<P>, text: string, trusted: ReadonlyArray<TrustedKey>) =>
  Effect.gen(function* (): Effect.fn.Return<
    OpenedAttestation<P>,
    AttestationRefused | CryptoError,
    Signature.Signature
  > {
    const { payload, signers, unknownSigners } = yield* openEnvelope(text, inTotoPayload, trusted)
    const json = canonicalIn(payload)
    if (json === undefined || !isJsonObject(json))
      return yield* refuse("payload", "expected canonical JSON of an object in the payload, found other bytes")
    const statement = decodeStatement(json)
    if (Result.isFailure(statement))
      return yield* refuse(
        "statement",
        `expected a statement of type ${statementType} with \`subject\`, \`predicateType\` and \`predicate\`, found other members`
      )
    const { subject, predicateType, predicate } = statement.success
    if (predicateType !== predicateUri(kind)) {
      const [family, version] = predicateType.split(/:v(?=\d+$)/)
      return family === kind.family && version !== undefined
        ? yield* refuse(
            "predicate_version",
            `expected version ${kind.version} of ${kind.family}, found version ${version}`
          )
        : yield* refuse("predicate_type", `expected a statement ${predicateUri(kind)}, found another kind`)
    }
    const decoded = Schema.decodeUnknownResult(kind.schema, { onExcessProperty: "error" })(predicate)
    if (Result.isFailure(decoded))
      return yield* refuse(
        "predicate",
        `the predicate is not one of ${predicateUri(kind)}: a member is missing, unknown or wrong`
      )
    return { subject, predicate: decoded.success, signers, unknownSigners }
  })
