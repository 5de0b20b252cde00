import * as Effect from "effect/Effect"
import type { CryptoError } from "effect/crypto/CryptoError"
import type * as Digest from "effect/crypto/Digest"
import type * as Signature from "effect/crypto/Signature"
import { sha256Of } from "../attestation/digest.ts"
import { type AttestationRefused } from "../attestation/refused.ts"
import type { Attestation } from "../attestation/statement.ts"
import { isJsonObject, type Json } from "../domain/json.ts"
import { digestOf } from "../gate/evidence/seal.ts"
import { judgeRelease } from "../gate/judge/judge.ts"
import { checklist, policyContent, rowsFor } from "../gate/policy/checklist.ts"
import type { PolicyRow } from "../gate/policy/policy.ts"
import type { GateVerdict } from "../gate/verdict.ts"
import type { Millis, Sha256 } from "../gate/words.ts"
import type { BuildRecord } from "../release/build-record.ts"
import { buildFactsOf, type BuildRefused, type Builds, newestBuilds, openBuild } from "./build-facts.ts"
import { type Certificate, certificateOf } from "./certificate.ts"
import { readExport, type ReadExport } from "./evidence-export.ts"
import { situationOf } from "./situation.ts"
import { type Trust, trustKeysOf } from "./trust.ts"

/** A text with the path or the name of what it came from. */
export interface GivenText {
  readonly path: string
  readonly text: string
}

/** Policy that a release is judged by. */
export interface GivenPolicy {
  /** Content of the whole policy, with its version. */
  readonly content: Json
  readonly rows: ReadonlyArray<PolicyRow>
}

/** Signed texts that a release is judged by. */
export interface GivenEvidence {
  readonly evidence: string
  readonly builds: ReadonlyArray<GivenText>
  readonly trust: Trust
}

/** Verified content of the signed texts. */
export interface OpenedEvidence extends ReadExport {
  /** SHA-256 of the text of the export. */
  readonly digest: Sha256
  readonly facts: Builds
  readonly records: ReadonlyArray<{ readonly digest: Sha256; readonly record: BuildRecord }>
  readonly trust: Trust
}

type Needs = Digest.Digest | Signature.Signature

const utf8 = new TextEncoder()

/** Returns the policy of this program for the channels of an export. */
export const ownPolicy = ({ exported }: ReadExport): GivenPolicy => ({
  content: policyContent(checklist),
  rows: rowsFor(checklist, exported.channels)
})

/** Verifies an export by the recorder's key, and each build record by a build key. */
export const openEvidence = Effect.fnUntraced(function* ({
  evidence,
  builds,
  trust
}: GivenEvidence): Effect.fn.Return<OpenedEvidence, AttestationRefused | BuildRefused | CryptoError, Needs> {
  const read = yield* readExport(evidence, trust)
  let facts: Builds = {}
  const records: Array<OpenedEvidence["records"][number]> = []
  for (const { path, text } of builds) {
    const record = yield* openBuild(text, path, trust)
    facts = newestBuilds(facts, buildFactsOf(record))
    records.push({ digest: yield* sha256Of(utf8.encode(text)), record })
  }
  return { ...read, digest: yield* sha256Of(utf8.encode(evidence)), facts, records, trust }
})

/** Milliseconds by which the clock of a promoter may be behind that of the store. */
const clockWithin = 1_000

/** Returns the situation and the records of an export, at a moment of the clock of the judge. */
const situationAt = ({ exported, facts, trust }: OpenedEvidence, now: Millis) =>
  situationOf({
    exported: {
      ...exported,
      clock: exported.clock === "good" && exported.at <= now + clockWithin ? "good" : "unsure"
    },
    recorders: trustKeysOf(trust, "recorder"),
    builds: { builds: facts, refused: [] },
    at: now
  })

const versionOf = (content: Json): number => {
  const version = isJsonObject(content) ? content["version"] : undefined
  return typeof version === "number" ? version : 0
}

/** A verdict on an export, with its certificate when it is GO. */
export interface JudgedEvidence {
  readonly verdict: GateVerdict
  readonly certificate?: Attestation<Certificate>
  /** Platforms of the build record that the evidence does not prove. */
  readonly unproven: ReadonlyArray<string>
}

/** Judges an export at a moment, by a policy. Every platform of the release is judged by itself. */
export const judgeExport = Effect.fnUntraced(function* (
  opened: OpenedEvidence,
  given: GivenPolicy,
  moment: { readonly now: Millis; readonly revokes: ReadonlyArray<Sha256> }
) {
  const { exported } = opened
  const { situation, recorded } = yield* situationAt(opened, moment.now)
  const policy = { version: versionOf(given.content), digest: yield* digestOf(given.content) }
  const judge = (release: Sha256) =>
    judgeRelease({ policy, rows: given.rows, situation: { ...situation, release }, recorded })
  const verdict = judge(exported.release)
  const built = opened.records.flatMap(({ record }) =>
    Object.values(record.platforms).some(({ manifest }) => manifest === exported.release) ? [record] : []
  )
  const [record] = built.toSorted((one, other) => other.recordedAt - one.recordedAt)
  const platforms = Object.entries(record?.platforms ?? {})
  const isProven = ({ manifest }: BuildRecord["platforms"][string]) => judge(manifest).state === "GO"
  const proven = platforms.filter(([, platform]) => isProven(platform))
  const certificate = certificateOf({
    verdict,
    policyRows: { digest: yield* digestOf(JSON.parse(JSON.stringify(given.rows))), rows: given.rows },
    recorded,
    channels: exported.channels,
    sections: exported.sections,
    version: record?.version ?? exported.version,
    platforms: Object.fromEntries(proven),
    builds: opened.records.map(({ digest }) => digest),
    evidence: opened.digest,
    recorder: opened.recorder,
    revokes: moment.revokes
  })
  const judged: JudgedEvidence = {
    verdict,
    ...(certificate === undefined ? {} : { certificate }),
    unproven: platforms.flatMap(([name, platform]) => (isProven(platform) ? [] : [name]))
  }
  return judged
})
