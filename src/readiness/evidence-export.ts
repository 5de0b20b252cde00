import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import type { CryptoError } from "effect/crypto/CryptoError"
import type * as Signature from "effect/crypto/Signature"
import { canonicalBytes, canonicalIn, type NotCanonical } from "../attestation/canonical-json.ts"
import { openEnvelope, sealEnvelope } from "../attestation/envelope.ts"
import type { SigningKey } from "../attestation/keys.ts"
import { AttestationRefused } from "../attestation/refused.ts"
import { mostEvidence } from "../gate/evidence/evidence-store.ts"
import { EvidenceScope } from "../gate/evidence/scope.ts"
import { ConfiguredChannel } from "../gate/policy/configured.ts"
import { ConnectorName, FactWord, Millis, Name, SectionName, Sha256 } from "../gate/words.ts"
import { signerAt, type Trust, trustKeysOf } from "./trust.ts"

/** Payload type of an export of evidence. */
export const exportPayload = "application/vnd.comporta.evidence+json"

/** Most characters of an export: a store that keeps as many records as it may fits in. */
const mostExportCharacters = 33_554_432

const SectionField = Schema.Struct({
  value: Schema.String.check(Schema.isMaxLength(1_024)),
  origin: Schema.Literals(["chosen", "world"])
})

/**
 * Everything that a verdict depends on beside keys and build records, as the serving gateway has it. The gateway judges by
 * it, and a promoter judges by the same.
 */
export const EvidenceExport = Schema.Struct({
  v: Schema.Literal(1),
  /** Time by the store's clock. */
  at: Millis,
  environment: Schema.Literals(["local", "staging", "production"]),
  deployment: Schema.Struct({
    id: Name,
    former: Schema.Array(Name),
    /** Time of the last fence or restore of the store. */
    fencedAt: Schema.optionalKey(Millis)
  }),
  /** Digest of the manifest of the release that serves. */
  release: Sha256,
  /** Version of the program that serves. */
  version: Schema.String.check(Schema.isMaxLength(64)),
  /** `unsure` when the clock of the gateway differs from the store's by more than a second. */
  clock: Schema.Literals(["good", "unsure"]),
  /** Structural fields of each section of the configuration. */
  sections: Schema.Record(SectionName, Schema.Record(Schema.String, SectionField)),
  channels: Schema.Array(ConfiguredChannel),
  /** Accounts that a recorded boot of this deployment proved, by keyed hash. */
  accounts: Schema.Record(
    Schema.String.check(Schema.isPattern(/^[0-9a-f]{32}$/)),
    Schema.Struct({ connector: ConnectorName, variant: FactWord })
  ),
  /** Records that a living process had written and no longer finds. */
  vanished: Schema.Array(
    Schema.Struct({ row: Schema.String, scope: EvidenceScope, result: Schema.Literals(["pass", "fail", "begun"]) })
  ),
  /** Texts of the signed records, as the store holds them. */
  records: Schema.Array(Schema.String).check(Schema.isMaxLength(mostEvidence))
})
export type EvidenceExport = typeof EvidenceExport.Type

const decodeExport = Schema.decodeUnknownResult(EvidenceExport, { onExcessProperty: "error" })

/** Signs an export with the key of the recorder. Returns a DSSE envelope as text. */
export const sealExport = Effect.fnUntraced(function* (
  exported: EvidenceExport,
  key: SigningKey
): Effect.fn.Return<string, CryptoError | NotCanonical, Signature.Signature> {
  return yield* sealEnvelope(exportPayload, yield* Effect.fromResult(canonicalBytes({ ...exported })), [key])
})

/** An export whose signature was verified. */
export interface ReadExport {
  readonly exported: EvidenceExport
  /** Id of the recorder's key that signed it. */
  readonly recorder: string
}

const refuse = (message: string) => Effect.fail(new AttestationRefused({ reason: "payload", message }))

/**
 * Reads an export. A key with the role `recorder` must have signed it, at a time at which the trust file lets that key sign.
 * A member that the schema does not name is refused.
 */
export const readExport = Effect.fnUntraced(function* (
  text: string,
  trust: Trust
): Effect.fn.Return<ReadExport, AttestationRefused | CryptoError, Signature.Signature> {
  const recorders = trustKeysOf(trust, "recorder")
  if (recorders.length === 0)
    return yield* refuse("expected a key with the role recorder in the trust file, found none: add the recorder's key")
  const opened = yield* openEnvelope(
    text,
    exportPayload,
    recorders.map(({ key }) => key),
    mostExportCharacters
  )
  const decoded = decodeExport(canonicalIn(opened.payload))
  if (Result.isFailure(decoded))
    return yield* refuse("expected an export of evidence of version 1, found another member, value or version")
  const exported = decoded.success
  const signer = signerAt(recorders, opened.signers, exported.at)
  if (signer === undefined)
    return yield* refuse(
      "expected a time at which the key of the recorder is trusted, found another: export again, or add the key that signs now"
    )
  return { exported, recorder: signer.id }
})
