import { createHash } from "node:crypto"
import { canonicalJson } from "../../src/domain/json.ts"
import type { GateEvidence } from "../../src/gate/evidence/evidence.ts"
import type { EvidenceScope } from "../../src/gate/evidence/scope.ts"
import { type GateInput, judgeRelease } from "../../src/gate/judge/judge.ts"
import type { BuildFacts, RecordedEvidence, Situation } from "../../src/gate/judge/situation.ts"
import { checklist, rowsFor } from "../../src/gate/policy/checklist.ts"
import type { ConfiguredChannel } from "../../src/gate/policy/configured.ts"
import type { FactRule, PolicyRow, ProofPolicy } from "../../src/gate/policy/policy.ts"
import type { VerdictRow } from "../../src/gate/verdict.ts"

export const digest = (text: string) => `sha256:${createHash("sha256").update(text).digest("hex")}`

/** Id of the key of the recorder. */
export const recorder = digest("key of the recorder")

export const now = 1_796_000_000_000
const hour = 3_600_000
/** Time of all genuine evidence. */
export const seenAt = now - hour

export const whatsapp: ConfiguredChannel = {
  connector: "whatsapp",
  variant: "cloud_v25.0",
  code: digest("whatsapp code"),
  section: digest("whatsapp section"),
  capabilities: [
    { id: "text", acknowledged: "delivered" },
    { id: "template", acknowledged: "delivered" },
    { id: "reaction", acknowledged: "sent" },
    { id: "mark_read", acknowledged: "accepted" }
  ],
  confirmInbound: "capability",
  media: ["up", "down"]
}

export const instagram: ConfiguredChannel = {
  connector: "instagram",
  variant: "login_instagram",
  code: digest("instagram code"),
  section: digest("instagram section"),
  capabilities: [
    { id: "text", acknowledged: "echo" },
    { id: "comment_reply", acknowledged: "readBack" },
    { id: "mark_seen", acknowledged: "accepted" }
  ],
  confirmInbound: "question",
  media: []
}

export const channels = [whatsapp, instagram]

export const release = digest("release N")
export const previous = digest("release N-1")
export const accounts = { whatsapp: "a".repeat(32), instagram: "b".repeat(32) }

const built: BuildFacts = {
  recordedAt: now - 30 * 24 * hour,
  core: digest("core"),
  storage: digest("storage"),
  connectors: { whatsapp: whatsapp.code, instagram: instagram.code },
  versionsAgree: true,
  equalBuilds: 2,
  results: "complete",
  suites: {
    whatsapp: { digest: digest("whatsapp suite"), passed: 40, failed: 0, skipped: 0 },
    instagram: { digest: digest("instagram suite"), passed: 30, failed: 0, skipped: 0 }
  }
}

export const situation: Situation = {
  now,
  clock: "good",
  environment: "staging",
  release,
  deployment: { id: "dep_staging", former: ["dep_before"] },
  builds: {
    [release]: built,
    [previous]: { ...built, recordedAt: now - 60 * 24 * hour, core: digest("core before") }
  },
  sections: {
    platform: digest("platform"),
    store: digest("store"),
    secrets: digest("secrets"),
    runtime: digest("runtime"),
    "connector:whatsapp": whatsapp.section,
    "connector:instagram": instagram.section
  },
  channels,
  accounts: {
    [accounts.whatsapp]: { connector: "whatsapp", variant: whatsapp.variant },
    [accounts.instagram]: { connector: "instagram", variant: instagram.variant }
  },
  recorders: { [recorder]: { from: now - 365 * 24 * hour } },
  vanished: []
}

export const rows = rowsFor(checklist, channels)

/** Returns the lowest value that satisfies each rule. */
const factsFor = (rules: Readonly<Record<string, FactRule>>) => {
  const value = (rule: FactRule): number | string => {
    switch (rule.rule) {
      case "at_least":
      case "exactly":
        return rule.number
      case "below":
        return rule.number - 1
      case "connectors":
        return channels.length
      case "digest":
        return previous
      case "word":
        return rule.good[0] ?? ""
      case "same_as": {
        const other = rules[rule.fact]
        return other === undefined ? 0 : value(other)
      }
    }
  }
  return Object.fromEntries(Object.entries(rules).map(([name, rule]) => [name, value(rule)]))
}

const sectionOf = (name: string) => situation.sections[name] ?? ""

const scopeFor = ({ scope, sections }: ProofPolicy, channel: ConfiguredChannel): EvidenceScope => {
  if (scope === "R") return { of: "R", core: built.core, connectors: built.connectors }
  if (scope === "S") return { of: "S", storage: built.storage, section: sectionOf("store") }
  if (scope === "C") {
    const { connector, code, variant, section } = channel
    return { of: "C", connector, code, variant, section }
  }
  const own = Object.fromEntries(sections.map((name) => [name, sectionOf(name)]))
  return { of: "I", deployment: situation.deployment.id, sections: own }
}

const byFor = ({ by: [rule] }: ProofPolicy): GateEvidence["by"] => {
  if (rule === undefined || rule.kind === "traffic") return { kind: "traffic" }
  if (rule.kind === "boot") return { kind: "boot", boot: "boot-7" }
  return {
    kind: "drill",
    name: rule.name,
    run: "run-3",
    runs: 3,
    client: "ops",
    fault: { name: rule.fault, fired: 1 },
    control: "ok",
    code: rule.codes[0] ?? ""
  }
}

/** Returns the record that proves a proof, for one channel. */
export const recordFor = (proof: ProofPolicy, channel: ConfiguredChannel): GateEvidence => ({
  v: 1,
  row: proof.id,
  scope: scopeFor(proof, channel),
  result: "pass",
  sticky: false,
  first: seenAt - hour,
  at: seenAt,
  count: 2,
  by: byFor(proof),
  environment: "staging",
  genuine: proof.genuine,
  deployment: situation.deployment.id,
  manifest: release,
  ...(proof.account ? { account: channel.connector === "instagram" ? accounts.instagram : accounts.whatsapp } : {}),
  facts: factsFor(proof.facts),
  recorder,
  signature: `${"A".repeat(86)}==`
})

const channelsOf = (row: PolicyRow, proof: ProofPolicy) =>
  channels
    .filter(({ connector }) => (row.connector ?? connector) === connector)
    .slice(0, proof.scope === "C" ? channels.length : 1)

/** Every record that this release needs, as a gateway in staging would write it. */
export const genuine: ReadonlyArray<GateEvidence> = rows.flatMap((row) =>
  row.proofs.flatMap((proof) => channelsOf(row, proof).map((channel) => recordFor(proof, channel)))
)

export const read = (
  evidence: GateEvidence,
  signature: "valid" | "invalid" | "unknown_recorder" = "valid"
): RecordedEvidence => ({ digest: digest(canonicalJson(evidence)), evidence, signature })

export const policy = { version: checklist.version, digest: digest("policy") }

/** Returns the verdict on some records in some situation, by default on those that prove everything. */
export const judge = (more: Partial<GateInput> = {}) =>
  judgeRelease({ policy, rows, situation, recorded: genuine.map((one) => read(one)), ...more })

export const rowIn = (verdicts: ReadonlyArray<VerdictRow>, id: string): VerdictRow | undefined =>
  verdicts.find(({ row }) => row === id)

/** Returns all records, those of one proof changed. */
export const changed = (id: string, change: (one: GateEvidence) => GateEvidence) =>
  genuine.map((one) => read(one.row === id ? change(one) : one))
