import * as Schema from "effect/Schema"
import type { Attestation, PredicateKind } from "../attestation/statement.ts"
import { EvidenceBy, type GateEvidence, UnsignedEvidence } from "../gate/evidence/evidence.ts"
import type { ConfiguredChannel } from "../gate/policy/configured.ts"
import type { PolicyRow } from "../gate/policy/policy.ts"
import { ages } from "../gate/policy/build.ts"
import type { RecordedEvidence } from "../gate/judge/situation.ts"
import { type GateVerdict, VerdictRow } from "../gate/verdict.ts"
import { ConnectorName, FactWord, Millis, Name, SectionName, Sha256 } from "../gate/words.ts"
import { type BuildRecord, recordSubjects } from "../release/build-record.ts"
import type { EvidenceExport } from "./evidence-export.ts"

type Sections = EvidenceExport["sections"]

/** Milliseconds in which a certificate may be activated for the first time. */
export const activateWithin = ages.days14

/** Most milliseconds after which production counts as red until it is proven again. It goes on running. */
const reproveWithin = ages.days90

const SectionValues = Schema.Record(SectionName, Schema.Record(Schema.String, Schema.String))
type SectionValues = typeof SectionValues.Type

/** Content of one record in a certificate, so that it is read without the evidence. */
const CertifiedRecord = Schema.Struct({
  row: Schema.String,
  scope: Schema.Literals(["R", "C", "S", "I"]),
  first: Millis,
  at: Millis,
  count: Schema.Int,
  genuine: Schema.Boolean,
  /** Origin of the fact; of a drill also its run, the number of its runs and the API client that started it. */
  by: EvidenceBy,
  facts: UnsignedEvidence.fields.facts
})

const ProvenChannel = Schema.Struct({
  connector: ConnectorName,
  code: Sha256,
  variant: FactWord,
  capabilities: Schema.Array(Schema.String)
})
export type ProvenChannel = typeof ProvenChannel.Type

const ProvenPlatform = Schema.Struct({ manifest: Sha256, image: Sha256, core: Sha256, storage: Sha256 })

/** Says that a release was seen working in staging, row by row. Its subjects are the manifest and image of each platform. */
export const Certificate = Schema.Struct({
  /** Version of the release. */
  version: Schema.String,
  /** Deployment of staging that recorded the evidence. */
  deployment: Name,
  /** Digest of the policy, and of the rows that it has for this configuration. */
  policy: Schema.Struct({ version: Schema.Int, digest: Sha256, rows: Sha256 }),
  rows: Schema.Array(VerdictRow),
  /** Records that the rows rest on, by their digest. */
  records: Schema.Record(Sha256, CertifiedRecord),
  proven: Schema.Array(ProvenChannel),
  /** Code of each platform that was proven, such as `linux-x64`. */
  platforms: Schema.Record(Schema.String, ProvenPlatform),
  /** Structural fields that an operator chose, by section. */
  chosen: SectionValues,
  /** Structural fields that the world changes, by section. */
  world: SectionValues,
  /** Digests of the signed build records. */
  builds: Schema.Array(Sha256),
  /** Digest of the export of evidence, and the key that signed it. */
  evidence: Sha256,
  recorder: Sha256,
  issuedAt: Millis,
  /** Moment until which a deployment may activate it for the first time. */
  activateBefore: Millis,
  /** Moment from which production counts as red until a newer certificate is activated. */
  reproveBy: Millis,
  /** Manifests of earlier releases that must not start any more. */
  revokes: Schema.Array(Sha256)
})
export type Certificate = typeof Certificate.Type

/** The statement that a certificate is. */
export const certificateKind: PredicateKind<Certificate> = {
  family: "urn:comporta:certificate",
  version: 1,
  schema: Certificate
}

/** Returns the subjects of a certificate: image and manifest of each platform that was proven. */
export const certificateSubjects = ({ platforms }: Pick<Certificate, "platforms">) => recordSubjects({ platforms })

/** Everything that a certificate is made of. */
export interface Certifiable {
  readonly verdict: GateVerdict
  readonly policyRows: { readonly digest: Sha256; readonly rows: ReadonlyArray<PolicyRow> }
  readonly recorded: ReadonlyArray<RecordedEvidence>
  readonly channels: ReadonlyArray<ConfiguredChannel>
  readonly sections: Sections
  readonly version: string
  /** Platforms that were proven, of the build record of the release. */
  readonly platforms: BuildRecord["platforms"]
  readonly builds: ReadonlyArray<Sha256>
  readonly evidence: Sha256
  readonly recorder: Sha256
  readonly revokes: ReadonlyArray<Sha256>
}

const valuesOf = (sections: Sections, origin: "chosen" | "world"): SectionValues =>
  Object.fromEntries(
    Object.entries(sections).map(([section, fields]) => [
      section,
      Object.fromEntries(
        Object.entries(fields).flatMap(([name, field]) => (field.origin === origin ? [[name, field.value]] : []))
      )
    ])
  )

const provenOf = (platforms: BuildRecord["platforms"]): Certificate["platforms"] =>
  Object.fromEntries(
    Object.entries(platforms).flatMap(([platform, { components, image, manifest }]) => {
      const { core, storage } = components
      return core === undefined || storage === undefined ? [] : [[platform, { manifest, image, core, storage }]]
    })
  )

type Known = { readonly digest: Sha256; readonly evidence: GateEvidence }

const certified = ({ evidence }: Known): typeof CertifiedRecord.Type => {
  const { row, scope, first, at, count, genuine, by, facts } = evidence
  return { row, scope: scope.of, first, at, count, genuine, by, facts }
}

/**
 * Returns the first moment at which a proof that lasts 90 days or more ends. Shorter proofs are about the release's first
 * days: production proves its accounts at each boot, and does not run drills.
 */
const firstEnd = ({ policyRows: { rows } }: Certifiable, records: ReadonlyArray<Known>, issuedAt: Millis): Millis => {
  const proofs = rows.flatMap((row) => row.proofs)
  const ends = records.flatMap(({ evidence: { at, row, scope } }) =>
    proofs.flatMap(({ id, maxAge, scope: letter }) =>
      id === row && letter === scope.of && letter !== "R" && maxAge >= ages.days90 ? [at + maxAge] : []
    )
  )
  return Math.min(issuedAt + reproveWithin, ...ends)
}

/**
 * Returns the certificate of a verdict that is GO. The same evidence, builds and moment give the same certificate. Returns
 * `undefined` when the verdict is another one, or no platform is proven.
 */
export const certificateOf = (one: Certifiable): Attestation<Certificate> | undefined => {
  const { verdict, channels, platforms } = one
  const { at: issuedAt, deployment, policy, rows } = verdict
  const [first, ...others] = certificateSubjects({ platforms: provenOf(platforms) })
  if (verdict.state !== "GO" || first === undefined) return undefined
  const used = new Set(rows.flatMap(({ evidence }) => evidence))
  const records = one.recorded.flatMap((each): ReadonlyArray<Known> =>
    "evidence" in each && used.has(each.digest) ? [each] : []
  )
  const predicate: Certificate = {
    version: one.version,
    deployment,
    policy: { ...policy, rows: one.policyRows.digest },
    rows,
    records: Object.fromEntries(records.map((each) => [each.digest, certified(each)])),
    proven: channels.map(({ connector, code, variant, capabilities }) => ({
      connector,
      code,
      variant,
      capabilities: capabilities.map(({ id }) => id)
    })),
    platforms: provenOf(platforms),
    chosen: valuesOf(one.sections, "chosen"),
    world: valuesOf(one.sections, "world"),
    builds: one.builds,
    evidence: one.evidence,
    recorder: one.recorder,
    issuedAt,
    activateBefore: issuedAt + activateWithin,
    reproveBy: firstEnd(one, records, issuedAt),
    revokes: one.revokes
  }
  return { subject: [first, ...others], predicate }
}
