import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type { CryptoError } from "effect/crypto/CryptoError"
import type { AttestationRefused } from "../attestation/refused.ts"
import { canonicalJson, type Json } from "../domain/json.ts"
import { checklist } from "../gate/policy/checklist.ts"
import { digestOf } from "../gate/evidence/seal.ts"
import type { Millis } from "../gate/words.ts"
import type { BuildRefused } from "./build-facts.ts"
import { type CertificateBundle, certificateIn, readBundle } from "./bundle.ts"
import type { Certificate } from "./certificate.ts"
import { openCertificate } from "./offered.ts"
import { judgeExport, openEvidence } from "./promotion.ts"
import type { Trust } from "./trust.ts"

/** Result of a verification. `unknown_version`: this program does not know the policy that judged. */
export type CertificateOutcome = "go" | "not" | "unknown_version"

/** One thing that a certificate may prove. */
export interface CertificateClaim {
  readonly claim: "signature" | "policy" | "evidence" | "rows" | "content"
  readonly state: "proven" | "not_proven"
  readonly said: string
}

/** Times of a certificate against a present moment. Neither makes it less authentic. */
export interface CertificateTimes {
  readonly issuedAt: Millis
  readonly activateBefore: Millis
  readonly reproveBy: Millis
  readonly mayStillBeActivated: boolean
  readonly isToBeReproven: boolean
}

export interface VerifiedBundle {
  readonly outcome: CertificateOutcome
  readonly claims: ReadonlyArray<CertificateClaim>
  readonly certificate?: Certificate
  readonly times?: CertificateTimes
}

const proven = (claim: CertificateClaim["claim"], said: string): CertificateClaim => ({ claim, state: "proven", said })
const not = (claim: CertificateClaim["claim"], said: string): CertificateClaim => ({ claim, state: "not_proven", said })

const plain = (value: unknown): Json => JSON.parse(JSON.stringify(value))
const isEqual = (one: unknown, other: unknown) => canonicalJson(plain(one)) === canonicalJson(plain(other))

const refusedBy = (claim: CertificateClaim["claim"]) => (error: AttestationRefused | BuildRefused | CryptoError) =>
  not(claim, error._tag === "CryptoError" ? "a signature could not be checked." : `${error.message}.`)

const timesOf = ({ activateBefore, issuedAt, reproveBy }: Certificate, now: Millis): CertificateTimes => ({
  issuedAt,
  activateBefore,
  reproveBy,
  mayStillBeActivated: now < activateBefore,
  isToBeReproven: now >= reproveBy
})

/** Names of the members of a certificate that differ from those that the same evidence gives. */
const differing = (one: Certificate, again: Certificate): ReadonlyArray<string> => {
  const [left, right] = [new Map(Object.entries(one)), new Map(Object.entries(again))]
  return [...new Set([...left.keys(), ...right.keys()])].filter(
    (name) => !isEqual(left.get(name) ?? null, right.get(name) ?? null)
  )
}

const ended = (
  outcome: CertificateOutcome,
  claims: ReadonlyArray<CertificateClaim>,
  more: Pick<VerifiedBundle, "certificate" | "times"> = {}
): VerifiedBundle => ({ outcome, claims, ...more })

const policyClaim = Effect.fnUntraced(function* (
  { content, rows }: CertificateBundle["policy"],
  { policy }: Certificate
) {
  const [whole, own] = [yield* digestOf(content), yield* digestOf(plain(rows))]
  return whole === policy.digest && own === policy.rows
    ? proven("policy", `The policy in the file is the one that judged, version ${policy.version}.`)
    : not("policy", "the policy in the file is not the one that the certificate names.")
})

/**
 * Verifies a bundle by its content and a trust file alone. Judges its evidence again, at the moment of the certificate and
 * with the policy of the bundle, and compares every member of the certificate with what that gives.
 */
export const verifyBundle = Effect.fnUntraced(function* (text: string, trust: Trust, now: Millis) {
  const written = certificateIn(text)
  if (written === undefined)
    return ended("not", [not("signature", "expected the file that comporta promote wrote, found another.")])
  const opened = yield* Effect.result(openCertificate(written, trust))
  if (Result.isFailure(opened)) {
    const { failure } = opened
    const isLater = failure._tag === "AttestationRefused" && failure.reason === "predicate_version"
    return ended(isLater ? "unknown_version" : "not", [refusedBy("signature")(failure)])
  }
  const { certificate, signer } = opened.success
  const about = { certificate, times: timesOf(certificate, now) }
  const signature = proven("signature", `The certificate is signed by ${signer}, and no byte of it was changed.`)
  const { version } = certificate.policy
  if (version > checklist.version)
    return ended(
      "unknown_version",
      [
        signature,
        not(
          "policy",
          `expected version ${checklist.version} of the policy or an earlier one, found ${version}: use a newer release.`
        )
      ],
      about
    )
  const bundle = readBundle(text)
  if (bundle === undefined)
    return ended(
      "not",
      [signature, not("policy", "expected policy, evidence and build records in the file, found others.")],
      about
    )
  const policy = yield* policyClaim(bundle.policy, certificate)
  const claims = [signature, policy]
  if (policy.state === "not_proven") return ended("not", claims, about)
  const evidence = yield* Effect.result(
    openEvidence({
      evidence: bundle.evidence,
      builds: bundle.builds.map((one, at) => ({ path: `builds[${at}]`, text: one })),
      trust
    })
  )
  if (Result.isFailure(evidence)) return ended("not", [...claims, refusedBy("evidence")(evidence.failure)], about)
  const given = { content: bundle.policy.content, rows: bundle.policy.rows }
  const judged = yield* judgeExport(evidence.success, given, {
    now: certificate.issuedAt,
    revokes: certificate.revokes
  })
  const again = judged.certificate?.predicate
  const others = again === undefined ? [] : differing(certificate, again)
  const whole = [
    ...claims,
    proven(
      "evidence",
      `The evidence is signed by ${evidence.success.recorder}, with ${bundle.builds.length} build records.`
    ),
    judged.verdict.state === "GO"
      ? proven("rows", `All ${judged.verdict.rows.length} rows are GO, judged again at the moment of the certificate.`)
      : not("rows", `Judged again at the moment of the certificate, the verdict is ${judged.verdict.state}.`),
    again !== undefined && others.length === 0
      ? proven("content", "Every member of the certificate is what this evidence gives.")
      : not("content", `These members are not what this evidence gives: ${others.join(", ") || "all"}.`)
  ]
  return ended(whole.every(({ state }) => state === "proven") ? "go" : "not", whole, about)
})
