import * as Effect from "effect/Effect"
import { inTotoPayload, sealEnvelope } from "../../src/attestation/envelope.ts"
import { readSigningKey } from "../../src/attestation/keys.ts"
import { canonicalJson, type Json } from "../../src/domain/json.ts"
import type { GateEvidence } from "../../src/gate/evidence/evidence.ts"
import { signDocument } from "../../src/gate/evidence/seal.ts"
import { type EvidenceExport, sealExport } from "../../src/readiness/evidence-export.ts"
import { type OpenedEvidence, judgeExport, openEvidence, ownPolicy } from "../../src/readiness/promotion.ts"
import { certificateIn, readBundle, sealBundle } from "../../src/readiness/bundle.ts"
import { openCertificate } from "../../src/readiness/offered.ts"
import { sectionDigests, type Sections } from "../../src/readiness/sections.ts"
import { trustIn, trustRoles } from "../../src/readiness/trust.ts"
import type { BuildRecord } from "../../src/release/build-record.ts"
import { newPems } from "../attestation/keys.ts"
import * as Genuine from "../gate/genuine.ts"
import { results, signed } from "../release/sample.ts"

export const { now, release, previous, digest } = Genuine

const chosen = (value: string) => ({ value, origin: "chosen" as const })
const world = (value: string) => ({ value, origin: "world" as const })

/** Structural fields of the staging that was proven. */
export const sections: Sections = {
  platform: { platform: world("kubernetes"), architecture: world("x64") },
  store: { topology: chosen("server"), durability: chosen("host"), versionLine: world("7.2") },
  secrets: { from: chosen("vault") },
  runtime: { delivery: chosen("push") },
  "connector:whatsapp": { "graph.version": chosen("v25.0"), "secrets.appSecret": chosen("set") },
  "connector:instagram": { login: chosen("instagram") }
}

/** Makes one key for each role, and a trust file of them. */
export const trustedKeys = Effect.gen(function* () {
  const made = yield* Effect.forEach(trustRoles, (role) => Effect.map(newPems, (pems) => ({ role, pems })))
  const file = {
    v: 1,
    keys: made.map(({ role, pems }) => ({
      role,
      name: `${role}-key`,
      publicKey: pems.public,
      from: "2025-01-01T00:00:00Z"
    }))
  }
  const bytes = new TextEncoder().encode(JSON.stringify(file))
  const keyOf = (role: (typeof trustRoles)[number]) =>
    readSigningKey(made.find((one) => one.role === role)?.pems.private ?? "")
  return {
    file: JSON.stringify(file),
    pems: Object.fromEntries(made.map(({ role, pems }) => [role, pems])),
    trust: yield* trustIn(bytes, "trust.json"),
    recorder: yield* keyOf("recorder"),
    build: yield* keyOf("build"),
    promote: yield* keyOf("promote"),
    glass: yield* keyOf("break-glass")
  }
})
export type TrustedKeys = Effect.Success<typeof trustedKeys>

const components = (core: string) => ({
  core: digest(core),
  storage: digest("storage"),
  "connector:whatsapp": Genuine.whatsapp.code,
  "connector:instagram": Genuine.instagram.code
})
const node = { version: "24.21.0", digest: digest("node") }
const builtOnce = (platform: string, image: string, manifest: string) => ({
  builder: { name: "buildah", version: "1" },
  platform,
  image,
  manifest
})

const suite = { digest: digest("suite"), passed: 40, failed: 0, skipped: 0 }

/** Build record of the release, of which only `linux-x64` was seen working. */
export const built: BuildRecord = {
  version: "4.2.0",
  commit: "0".repeat(40),
  recordedAt: now - 30 * 86_400_000,
  platforms: {
    "linux-arm64": { manifest: digest("arm"), components: components("core arm"), node, image: digest("image arm") },
    "linux-x64": { manifest: release, components: components("core"), node, image: digest("image") }
  },
  builds: [
    builtOnce("linux-x64", digest("image"), release),
    builtOnce("linux-x64", digest("image"), release),
    builtOnce("linux-arm64", digest("image arm"), digest("arm")),
    builtOnce("linux-arm64", digest("image arm"), digest("arm"))
  ],
  node: { engines: "24.21.0", dockerfile: "24.21.0", packages: {} },
  results: { ...results, conformance: { whatsapp: suite, instagram: suite } },
  sbom: { format: "SPDX-2.3", file: digest("sbom") },
  files: {}
}

/** Build record of the release before, to which the rollback went back. */
export const builtBefore: BuildRecord = {
  ...built,
  version: "4.1.0",
  recordedAt: now - 60 * 86_400_000,
  platforms: {
    "linux-x64": { manifest: previous, components: components("core before"), node, image: digest("image before") }
  },
  builds: [
    builtOnce("linux-x64", digest("image before"), previous),
    builtOnce("linux-x64", digest("image before"), previous)
  ]
}

/** Options of an export that proves everything, unless a test says otherwise. */
export interface ExportOptions {
  readonly change?: (one: GateEvidence) => GateEvidence | undefined
  readonly exported?: Partial<EvidenceExport>
}

/** Returns a signed export of records that a recorder signed. */
export const exportBy = Effect.fnUntraced(function* (
  { recorder }: Pick<TrustedKeys, "recorder">,
  { change = (one) => one, exported = {} }: ExportOptions = {}
) {
  const digests = yield* sectionDigests(sections)
  const names: ReadonlyArray<readonly [from: string, to: string]> = [
    ...Object.keys(digests)
      .filter((name) => !name.startsWith("connector:"))
      .map((name) => [digest(name), digests[name] ?? ""] as const),
    [Genuine.whatsapp.section, digests["connector:whatsapp"] ?? ""],
    [Genuine.instagram.section, digests["connector:instagram"] ?? ""]
  ]
  const withDigests = <A>(value: A): A =>
    JSON.parse(names.reduce((text, [from, to]) => text.replaceAll(from, to), JSON.stringify(value)))
  const records = yield* Effect.forEach(
    Genuine.genuine.flatMap((one) => change(one) ?? []),
    (one) => {
      const { recorder: _recorder, signature: _signature, ...evidence } = withDigests(one)
      return Effect.map(signDocument(evidence, recorder), (sealed) => JSON.stringify(sealed))
    }
  )
  const whole: EvidenceExport = {
    v: 1,
    at: now - 60_000,
    environment: "staging",
    deployment: { id: "dep_staging", former: ["dep_before"] },
    release,
    version: "4.2.0",
    clock: "good",
    sections,
    channels: withDigests(Genuine.channels),
    accounts: Genuine.situation.accounts,
    vanished: [],
    records,
    ...exported
  }
  return yield* sealExport(whole, recorder)
})

/** Returns the signed texts of a promotion. */
export const givenBy = Effect.fnUntraced(function* (keys: TrustedKeys, options: ExportOptions = {}) {
  return {
    evidence: yield* exportBy(keys, options),
    builds: [
      { path: "build.json", text: yield* signed(built, keys.build) },
      { path: "before.json", text: yield* signed(builtBefore, keys.build) }
    ],
    trust: keys.trust
  }
})

/** Judges the texts and signs the bundle of a certificate, where the verdict is GO. */
export const promotedBy = Effect.fnUntraced(function* (
  keys: TrustedKeys,
  options: ExportOptions & { readonly now?: number; readonly revokes?: ReadonlyArray<string> } = {}
) {
  const given = yield* givenBy(keys, options)
  const opened: OpenedEvidence = yield* openEvidence(given)
  const policy = ownPolicy(opened)
  const judged = yield* judgeExport(opened, policy, { now: options.now ?? now, revokes: options.revokes ?? [] })
  if (judged.certificate === undefined) return { judged, bundle: "" }
  const parts = { policy, evidence: given.evidence, builds: given.builds.map(({ text }) => text) }
  return { judged, bundle: yield* sealBundle(judged.certificate, parts, keys.promote) }
})

/** Returns a value as JSON holds it. */
export const plain = (value: unknown): Json => JSON.parse(JSON.stringify(value))

/** Makes keys and a bundle, and opens its certificate. */
export const promoted = Effect.gen(function* () {
  const keys = yield* trustedKeys
  const { bundle, judged } = yield* promotedBy(keys, { revokes: [digest("revoked")] })
  const { certificate } = yield* openCertificate(certificateIn(bundle) ?? "", keys.trust)
  return { keys, bundle, judged, certificate }
})

const subjectsIn = (bundle: string): Json => {
  const envelope: { readonly payload: string } = JSON.parse(certificateIn(bundle) ?? "{}")
  const statement: { readonly subject: Json } = JSON.parse(Buffer.from(envelope.payload, "base64").toString())
  return statement.subject
}

/** Returns a bundle with another certificate that the promotion key signs, as a promoter who keeps to no rule would. */
export const resigned = Effect.fnUntraced(function* (bundle: string, predicate: Json, keys: TrustedKeys) {
  const statement = {
    _type: "https://in-toto.io/Statement/v1",
    subject: subjectsIn(bundle),
    predicateType: "urn:comporta:certificate:v1",
    predicate
  }
  const bytes = new TextEncoder().encode(canonicalJson(statement))
  const certificate = yield* sealEnvelope(inTotoPayload, bytes, [keys.promote])
  return JSON.stringify({ ...readBundle(bundle), certificate })
})
