import { mkdtempSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import * as TestClock from "effect/testing/TestClock"
import { memoryEvidenceStore } from "../../layers/memory/deployment.ts"
import { readSigningKey, type SigningKey } from "../../src/attestation/keys.ts"
import { Deployment } from "../../src/deployment/deployment.ts"
import { decodeEvidence, type GateEvidence } from "../../src/gate/evidence/evidence.ts"
import { EvidenceStore } from "../../src/gate/evidence/evidence-store.ts"
import { digestOf, signDocument } from "../../src/gate/evidence/seal.ts"
import { makeRecorder } from "../../src/gate/evidence/recorder.ts"
import { checklist, rowsFor } from "../../src/gate/policy/checklist.ts"
import * as GoNoGo from "../../src/readiness/go-no-go.ts"
import type { Installed } from "../../src/readiness/installed.ts"
import { memoId, signMemo } from "../../src/readiness/record/memo.ts"
import { Recording } from "../../src/readiness/record/recording.ts"
import { scopesOf } from "../../src/readiness/record/scopes.ts"
import { sectionDigests, type Sections } from "../../src/readiness/sections.ts"
import { sourceDigest } from "../../src/readiness/running-code.ts"
import type { BuildRecord } from "../../src/release/build-record.ts"
import { cryptography, newPems } from "../attestation/keys.ts"
import { accounts, channels, genuine, now, previous, release, seenAt, situation } from "../gate/genuine.ts"
import { sample, signed } from "../release/sample.ts"
import { installedWith } from "./installed.ts"

const names = Object.keys(situation.sections)
export const sections: Sections = Object.fromEntries(
  names.map((name) => [name, { field: { value: name, origin: "chosen" } }])
)

/** Replaces the digests of sections, which {@link genuine} invents, by those of {@link sections}. */
const withSections = (digests: Readonly<Record<string, string>>) => (text: string) =>
  names.reduce((changed, name) => changed.replaceAll(situation.sections[name] ?? "", digests[name] ?? ""), text)

const channelsWith = (digests: Readonly<Record<string, string>>) =>
  channels.map((one) => ({ ...one, section: digests[`connector:${one.connector}`] ?? "" }))

const builtAs = (manifest: string): BuildRecord => {
  const built = situation.builds[manifest]
  const [first] = sample.builds
  if (built === undefined) return sample
  const { connectors, core, recordedAt, storage, suites } = built
  const image = sample.platforms["linux-x64"]?.image ?? ""
  const components = {
    core,
    storage,
    ...Object.fromEntries(Object.entries(connectors).map(([id, digest]) => [`connector:${id}`, digest]))
  }
  const build = { ...first, platform: "linux-x64", manifest, image }
  return {
    ...sample,
    recordedAt,
    platforms: { "linux-x64": { manifest, components, image, node: { version: "24.21.0", digest: image } } },
    builds: [build, build],
    results: sample.results === "pending" ? "pending" : { ...sample.results, conformance: suites }
  }
}

/** Writes the trust file and the build records of this release and of the one before. */
const filesOf = Effect.gen(function* () {
  const [recorder, build] = [yield* newPems, yield* newPems]
  const folder = mkdtempSync(join(tmpdir(), "comporta-staging-"))
  const trust = join(folder, "trust.json")
  const from = "2026-01-01T00:00:00Z"
  const trusted = [
    { role: "recorder", name: "staging", publicKey: recorder.public, from },
    { role: "build", name: "ci", publicKey: build.public, from }
  ]
  writeFileSync(trust, JSON.stringify({ v: 1, keys: trusted }))
  const key = yield* readSigningKey(build.private)
  const records = yield* Effect.forEach([release, previous], (manifest, at) =>
    Effect.map(signed(builtAs(manifest), key), (text) => {
      const path = join(folder, `build-${at}.json`)
      writeFileSync(path, text)
      return path
    })
  )
  return { trust, records, key: yield* readSigningKey(recorder.private) }
})

/** Writes one signed record at the present time. */
const write = Effect.fnUntraced(function* (evidence: GateEvidence, key: SigningKey) {
  const store = yield* EvidenceStore
  const { signature: _, ...unsigned } = evidence
  const one = yield* signDocument({ ...unsigned }, key)
  const id = (yield* digestOf([one.row, one.scope, one.result])).slice("sha256:".length)
  const { at, sticky } = one
  return yield* store.write({ id, record: JSON.stringify(one), at, sticky })
})

const decoded = (text: string) => Result.getOrThrow(decodeEvidence(JSON.parse(text)))

/** Records everything that the release needs at {@link seenAt}, then sets the clock to {@link now}. */
const recordAll = Effect.fnUntraced(function* (key: SigningKey, digests: Readonly<Record<string, string>>) {
  yield* TestClock.setTime(seenAt)
  for (const one of genuine) yield* write(decoded(withSections(digests)(JSON.stringify(one))), key)
  const proven = Object.entries(accounts).map(([connector, hash]) => {
    const variant = channels.find((channel) => channel.connector === connector)?.variant ?? ""
    return [hash, { connector, variant, at: seenAt }] as const
  })
  const memo = { accounts: Object.fromEntries(proven), handshakes: {}, secrets: {} }
  const record = yield* signMemo({ environment: "staging", deployment: "dep_staging", at: seenAt, ...memo }, key)
  yield* (yield* EvidenceStore).write({ id: yield* memoId, record, at: seenAt, sticky: true })
  yield* TestClock.setTime(now)
})

export const stagingDeployment = Layer.succeed(Deployment, {
  id: "dep_staging",
  former: ["dep_before"],
  environment: "staging",
  partitions: 2,
  identity: 2,
  localPepper: ""
})

/** Provides the recording of a process that has recorded nothing itself. */
const recording = (key: SigningKey, digests: Readonly<Record<string, string>>) =>
  Layer.effect(
    Recording,
    Effect.gen(function* () {
      const rows = rowsFor(checklist, channels)
      const keys = Effect.succeed({ key, recorders: [key] })
      const own = { environment: "staging", deployment: "dep_staging", manifest: release } as const
      const code = { release, core: sourceDigest, storage: sourceDigest, connector: () => sourceDigest }
      return {
        recorder: yield* makeRecorder({ rows, keys, ...own }),
        keys,
        scopes: scopesOf({ code, channels, sections: digests, deployment: "dep_staging" }),
        rows,
        environment: "staging",
        boot: "boot-7",
        accountHash: () => undefined,
        isGenuine: () => true,
        noteBoot: () => undefined,
        flush: Effect.void
      }
    })
  )

/** Provides the judge of a gateway in staging whose store holds everything that its release needs. */
export const provenStaging = Layer.unwrap(
  Effect.gen(function* () {
    const { trust, records, key } = yield* filesOf
    const digests = yield* sectionDigests(sections)
    const given = { sections, channels: channelsWith(digests), release }
    const installed: Layer.Layer<Installed> = Layer.provide(installedWith(given), cryptography)
    return GoNoGo.layer({ trust, build: records, certificate: [] }).pipe(
      Layer.provideMerge(recording(key, digests)),
      Layer.provideMerge(Layer.effectDiscard(recordAll(key, digests))),
      Layer.provideMerge(
        Layer.mergeAll(memoryEvidenceStore, installed, stagingDeployment, NodeFileSystem.layer, cryptography)
      )
    )
  })
).pipe(Layer.provide(cryptography))
