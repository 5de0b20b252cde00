import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import type * as FileSystem from "effect/FileSystem"
import * as Layer from "effect/Layer"
import * as Semaphore from "effect/Semaphore"
import type { CryptoError } from "effect/crypto/CryptoError"
import type * as Digest from "effect/crypto/Digest"
import type * as Signature from "effect/crypto/Signature"
import type { NotCanonical } from "../attestation/canonical-json.ts"
import type { ReadinessConfig } from "../config/config.ts"
import { Deployment } from "../deployment/deployment.ts"
import type { InfraError } from "../domain/failure.ts"
import type { EvidenceStore } from "../gate/evidence/evidence-store.ts"
import { digestOf } from "../gate/evidence/seal.ts"
import { judgeRelease } from "../gate/judge/judge.ts"
import { checklist, policyContent, rowsFor } from "../gate/policy/checklist.ts"
import type { PolicyRow } from "../gate/policy/policy.ts"
import type { GateVerdict } from "../gate/verdict.ts"
import type { Millis } from "../gate/words.ts"
import { BuildRefused, type ReadBuilds, readBuilds } from "./build-facts.ts"
import { type EvidenceExport, sealExport } from "./evidence-export.ts"
import { Installed } from "./installed.ts"
import { readEvidence } from "./read-evidence.ts"
import { Recording } from "./record/recording.ts"
import { situationOf } from "./situation.ts"
import { readTrust, type TrustKey, trustKeysOf, type TrustRefused } from "./trust.ts"

/** This gateway makes no verdict or no export. */
export class NoVerdict extends Data.TaggedError("NoVerdict")<{ readonly code: "no_verdict" | "no_recorder" }> {}

export type VerdictFailure = InfraError | TrustRefused | NoVerdict

/** Judges the release that serves, by the evidence of its store. */
export class GoNoGo extends Context.Service<
  GoNoGo,
  {
    /** The rows that are judged. */
    readonly rows: ReadonlyArray<PolicyRow>
    /** Judges now, or at another time, by the evidence that there is now. */
    readonly judge: (at?: Millis) => Effect.Effect<GateVerdict, VerdictFailure>
    /** Signs everything that the verdict depends on, for a promoter. */
    readonly exported: Effect.Effect<string, VerdictFailure>
  }
>()("comporta/readiness/GoNoGo") {}

/** Milliseconds by which the clock of this process may differ from the store's. */
const surelyWithin = 1_000

interface Keys {
  readonly recorders: ReadonlyArray<TrustKey>
  readonly builds: ReadBuilds
}

const unconfigured = new BuildRefused({
  path: "readiness",
  problem: "expected `trust` and `build` in the configuration, found none"
})

/** Reads the keys that are trusted now, and the build records. In `local` the process trusts its own key alone. */
const keysOf = Effect.fnUntraced(function* (environment: string, readiness: ReadinessConfig | undefined) {
  const recording = yield* Recording
  if (environment === "local") {
    const own = recording === undefined ? [] : (yield* recording.keys).recorders
    const recorders = own.map((key) => ({ id: key.id, role: "recorder" as const, name: "local", from: 0, key }))
    return { recorders, builds: { builds: {}, refused: [] } } satisfies Keys
  }
  if (readiness === undefined) return { recorders: [], builds: { builds: {}, refused: [unconfigured] } } satisfies Keys
  const trust = yield* readTrust(readiness.trust)
  const recorders = trustKeysOf(trust, "recorder")
  return { recorders, builds: yield* readBuilds(readiness.build, trust) } satisfies Keys
})

/** Reads everything that a verdict depends on beside keys and build records. */
const gather = Effect.fnUntraced(function* (recorders: ReadonlyArray<TrustKey>) {
  const { id, former, fencedAt, environment } = yield* Deployment
  const { version, code, sections, channels } = yield* Installed
  const before = yield* Clock.currentTimeMillis
  const { now, records, accounts, vanished } = yield* readEvidence(recorders.map(({ key }) => key))
  const after = yield* Clock.currentTimeMillis
  const isSure = now >= before - surelyWithin && now <= after + surelyWithin
  const exported: EvidenceExport = {
    v: 1,
    at: now,
    environment,
    deployment: { id, former, ...(fencedAt === undefined ? {} : { fencedAt }) },
    release: code.release,
    version,
    clock: isSure ? "good" : "unsure",
    sections,
    channels,
    accounts,
    vanished,
    records: records.map(({ text }) => text)
  }
  return exported
})

/** Makes the judge of this gateway. One judgement runs at a time. */
export const makeGoNoGo = Effect.fnUntraced(function* (readiness: ReadinessConfig | undefined) {
  const { environment } = yield* Deployment
  const { code, channels } = yield* Installed
  const recording = yield* Recording
  const services = yield* Effect.context<
    Deployment | Installed | EvidenceStore | FileSystem.FileSystem | Digest.Digest | Signature.Signature
  >()
  const policy = { version: checklist.version, digest: yield* digestOf(policyContent(checklist)) }
  const rows = rowsFor(checklist, channels)
  const connectors = Object.fromEntries(channels.map(({ connector }) => [connector, code.connector(connector)]))
  const rehearsed = { core: code.core, storage: code.storage, connectors }

  const gathered = Effect.gen(function* () {
    if (environment === "production") return yield* new NoVerdict({ code: "no_verdict" })
    if (recording !== undefined) yield* recording.flush
    const keys = yield* keysOf(environment, readiness)
    return { ...keys, exported: yield* gather(keys.recorders) }
  })
  const judge = Effect.fnUntraced(function* (at?: Millis) {
    const input = yield* gathered
    const { situation, recorded } = yield* situationOf({
      ...input,
      ...(environment === "local" ? { rehearsed } : {}),
      ...(at === undefined ? {} : { at })
    })
    return judgeRelease({ policy, rows, situation, recorded })
  })
  const exported = Effect.gen(function* () {
    if (recording === undefined) return yield* new NoVerdict({ code: "no_recorder" })
    const { key } = yield* recording.keys
    return yield* sealExport((yield* gathered).exported, key)
  })
  const alone = Semaphore.makeUnsafe(1).withPermits(1)
  return GoNoGo.of({
    rows,
    judge: (at) => alone(Effect.provideContext(judge(at).pipe(asDefects), services)),
    exported: alone(Effect.provideContext(exported.pipe(asDefects), services))
  })
})

/** Makes defects of failures that no input causes: the keys were read, and an export has no text that JSON cannot write. */
const asDefects = <A, R>(effect: Effect.Effect<A, VerdictFailure | CryptoError | NotCanonical, R>) =>
  Effect.catchTags(effect, { CryptoError: Effect.die, NotCanonical: Effect.die })

export const layer = (
  readiness: ReadinessConfig | undefined
): Layer.Layer<
  GoNoGo,
  never,
  Deployment | Installed | EvidenceStore | FileSystem.FileSystem | Digest.Digest | Signature.Signature
> => Layer.effect(GoNoGo, makeGoNoGo(readiness))
