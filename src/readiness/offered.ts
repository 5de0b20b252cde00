import * as Effect from "effect/Effect"
import type { CryptoError } from "effect/crypto/CryptoError"
import type * as Digest from "effect/crypto/Digest"
import type * as Signature from "effect/crypto/Signature"
import { sha256Of } from "../attestation/digest.ts"
import { AttestationRefused } from "../attestation/refused.ts"
import { openAttestation, type OpenedAttestation } from "../attestation/statement.ts"
import { canonicalJson } from "../domain/json.ts"
import type { Sha256 } from "../gate/words.ts"
import type { Activation } from "./activations.ts"
import { type Certificate, certificateKind, certificateSubjects } from "./certificate.ts"
import { signerAt, type Trust, trustKeysOf } from "./trust.ts"

/** A certificate whose signature was verified. */
export interface OfferedCertificate {
  /** SHA-256 of its envelope. */
  readonly digest: Sha256
  readonly text: string
  readonly certificate: Certificate
  /** Id of the key that signed it. */
  readonly signer: string
}

const utf8 = new TextEncoder()

const refuse = (message: string) => Effect.fail(new AttestationRefused({ reason: "predicate", message }))

const isAbout = ({ subject, predicate }: OpenedAttestation<Certificate>) =>
  canonicalJson(subject) === canonicalJson(certificateSubjects(predicate))

/** Verifies a certificate. A key with the role `promote` must have signed it, at a time at which that key may sign. */
export const openCertificate = Effect.fnUntraced(function* (
  text: string,
  trust: Trust
): Effect.fn.Return<OfferedCertificate, AttestationRefused | CryptoError, Digest.Digest | Signature.Signature> {
  const keys = trustKeysOf(trust, "promote")
  if (keys.length === 0) return yield* refuse("expected a key with the role promote in the trust file, found none")
  const opened = yield* openAttestation(
    certificateKind,
    text,
    keys.map(({ key }) => key)
  )
  const { predicate: certificate, signers } = opened
  const signer = signerAt(keys, signers, certificate.issuedAt)
  if (signer === undefined)
    return yield* refuse("expected a time at which its key is trusted, found another: promote again with a key of now")
  if (!isAbout(opened))
    return yield* refuse("expected the images and manifests of the certificate as its subjects, found others")
  return { digest: yield* sha256Of(utf8.encode(text)), text, certificate, signer: signer.id }
})

/** Returns the manifests that a certificate proves, one for each platform. */
export const manifestsOf = ({ platforms }: Certificate): ReadonlyArray<Sha256> =>
  Object.values(platforms).map(({ manifest }) => manifest)

/** Returns the part of an activation that the certificate decides. */
export const releaseOf = ({ digest, certificate }: OfferedCertificate): Omit<Activation, "at" | "how"> => ({
  certificate: digest,
  version: certificate.version,
  manifests: manifestsOf(certificate),
  issuedAt: certificate.issuedAt,
  revokes: certificate.revokes
})

type Revoking = Pick<Activation, "issuedAt" | "revokes">

/** Returns true when a later certificate revokes the release of this one. */
export const isRevoked = ({ certificate }: OfferedCertificate, others: ReadonlyArray<Revoking>): boolean => {
  const manifests = manifestsOf(certificate)
  return others.some(
    ({ issuedAt, revokes }) =>
      issuedAt > certificate.issuedAt && revokes.some((manifest) => manifests.includes(manifest))
  )
}
