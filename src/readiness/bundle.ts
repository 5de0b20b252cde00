import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import type { SigningKey } from "../attestation/keys.ts"
import { attest, type Attestation } from "../attestation/statement.ts"
import { jsonIn } from "../domain/parse-json.ts"
import { PolicyRow } from "../gate/policy/policy.ts"
import { type Certificate, certificateKind } from "./certificate.ts"

/** Most bytes of a file with a certificate: it holds an export of evidence. */
export const mostBundleBytes = 67_108_864

/** Most build records in a bundle. */
export const mostBuilds = 64

/** A certificate with everything that it was judged by, so that it is judged again on another machine alone. */
const CertificateBundle = Schema.Struct({
  v: Schema.Literal(1),
  /** The signed certificate. */
  certificate: Schema.String,
  policy: Schema.Struct({
    /** Content of the whole policy: its digest is in the certificate. */
    content: Schema.Json,
    /** Rows of the policy for the configuration of staging. */
    rows: Schema.Array(PolicyRow)
  }),
  /** The signed export of evidence. */
  evidence: Schema.String,
  /** The signed build records. */
  builds: Schema.Array(Schema.String).check(Schema.isMaxLength(mostBuilds))
})
export type CertificateBundle = typeof CertificateBundle.Type

const decodeBundle = Schema.decodeUnknownResult(CertificateBundle, { onExcessProperty: "error" })
const decodeAny = Schema.decodeUnknownResult(Schema.Struct({ certificate: Schema.String }))

/** Returns the bundle of a text. Returns `undefined` for another text, also for one with an unknown member. */
export const readBundle = (text: string): CertificateBundle | undefined =>
  Result.getOrUndefined(decodeBundle(jsonIn(text)))

/** Returns the certificate of a bundle, also of one whose other members this program does not know. */
export const certificateIn = (text: string): string | undefined =>
  Result.getOrUndefined(Result.map(decodeAny(jsonIn(text)), ({ certificate }) => certificate))

/** Signs a certificate. Returns the text of its bundle. */
export const sealBundle = Effect.fnUntraced(function* (
  { predicate, subject }: Attestation<Certificate>,
  { policy: { content, rows }, evidence, builds }: Omit<CertificateBundle, "v" | "certificate">,
  key: SigningKey
) {
  const certificate = yield* attest(certificateKind, { subject, predicate: JSON.parse(JSON.stringify(predicate)) }, [
    key
  ])
  const bundle: CertificateBundle = { v: 1, certificate, policy: { content, rows }, evidence, builds }
  return `${JSON.stringify(bundle, undefined, 2)}\n`
})
