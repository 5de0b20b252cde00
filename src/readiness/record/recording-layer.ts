import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Metric from "effect/Metric"
import * as Redacted from "effect/Redacted"
import type { Digest } from "../../connector/inbound.ts"
import { Channels } from "../../connector/channel.ts"
import type { Config } from "../../config/config.ts"
import { refsOfConnector } from "../../config/secret-refs.ts"
import { Deployment } from "../../deployment/deployment.ts"
import { type FlushFailure, type FlushKeys, flushRegularly, makeRecorder } from "../../gate/evidence/recorder.ts"
import { checklist, rowsFor } from "../../gate/policy/checklist.ts"
import { Log } from "../../log/log.ts"
import { counters } from "../../metrics/registry.ts"
import { Observe } from "../../observe/observe.ts"
import { secretNameOf, secretVersionOf } from "../../identity/derive.ts"
import { IdHash } from "../../secrets/id-hash.ts"
import { type SecretHandle, Secrets } from "../../secrets/secrets.ts"
import { Installed } from "../installed.ts"
import { readTrust, trustKeysOf } from "../trust.ts"
import { accountNotes, noteMaker } from "./account-notes.ts"
import { noteBoot } from "./boot-facts.ts"
import { makeFollowUps } from "./follow-ups.ts"
import { makeMemoKeeper, type MemoKeeper } from "./memo-keeper.ts"
import { makeObservations } from "./observations.ts"
import { observedLog } from "./observed-log.ts"
import { keyOfRun, rotatingKeys } from "./recorder-key.ts"
import { type ActiveRecording, Recording } from "./recording.ts"
import { makeRotations } from "./rotations.ts"
import { scopesOf } from "./scopes.ts"

export interface RecordingOptions {
  readonly config: Pick<Config, "environment" | "readiness" | "connectors">
  readonly digest: Digest
  readonly variantOf: (connector: string, account: string) => string | undefined
  /** Returns true when the settings of a connector lead to the provider itself. */
  readonly isGenuine: (connector: string) => boolean
}

/** Milliseconds that a stop waits for the last follow-ups, and then for the last write. A developer does not wait for them. */
const stopTimes = { local: { followUps: 50, flush: 300 }, staging: { followUps: 1_000, flush: 2_000 } }

const codeOf = (failure: FlushFailure): string => {
  switch (failure._tag) {
    case "InfraError":
      return failure.code
    case "EvidenceRefused":
      return "refused_by_policy"
    default:
      return "not_signed"
  }
}

/** Returns the keys of the recorder: those of its secret, or in `local` one that is made for the run. */
const recorderKeysOf = Effect.fnUntraced(function* (config: RecordingOptions["config"], log: Log["Service"]) {
  const { recorder: ref, trust } = config.readiness ?? {}
  if (config.environment === "local" || ref === undefined || trust === undefined) {
    const key = yield* keyOfRun
    return Effect.succeed<FlushKeys>({ key, recorders: [key] })
  }
  const handle = yield* (yield* Secrets).handle(ref)
  // Without a trust file that can be read, the recorder trusts the versions of its own key alone.
  const trusted = yield* Effect.option(readTrust(trust))
  const others = Option.match(trusted, { onNone: () => [], onSome: (one) => trustKeysOf(one, "recorder") })
  const keys = others.map(({ key }) => key)
  return yield* rotatingKeys(handle, keys, () => log.write("error", "recorder.failed", { failureCode: "bad_key" }))
})

/** Follows the versions of secrets: those that change now, and those that changed since they were last seen in use. */
const followSecrets = Effect.fnUntraced(function* ({ config, digest }: RecordingOptions, memo: MemoKeeper) {
  const hash = yield* IdHash
  const secrets = yield* Secrets
  const own = (connector: string, account: string) =>
    Object.values(config.connectors[connector]?.accounts[account]?.secrets ?? {})
  const handles = new Map<string, SecretHandle>()
  const versionOf = ({ ref, current }: SecretHandle) => ({
    [secretNameOf(hash, ref)]: secretVersionOf(hash, ref, Redacted.value(current()))
  })
  const used = (ref: string) => {
    const handle = handles.get(ref)
    if (handle !== undefined) memo.learn({ secrets: versionOf(handle) })
  }
  const rotations = makeRotations({ digest, ownSecrets: own, used })
  const refs = Object.values(config.connectors).flatMap(refsOfConnector)
  for (const ref of new Set(refs)) handles.set(ref, yield* secrets.handle(ref))
  secrets.onRotated(({ ref, current }) => {
    if (handles.has(ref)) rotations.changed(ref, current())
  })
  /** Compares the versions with those of the memo, once it was read. */
  const compare = Effect.sync(() => {
    const known = memo.secrets()
    for (const [ref, handle] of handles) {
      const [[name, version] = ["", ""]] = Object.entries(versionOf(handle))
      if (known[name] === undefined) memo.learn({ secrets: { [name]: version } })
      else if (known[name] !== version) rotations.changed(ref, handle.current())
    }
  })
  return { rotations, compare }
})

const make = Effect.fnUntraced(function* (options: RecordingOptions) {
  const { config, variantOf, isGenuine } = options
  const environment = config.environment === "local" ? "local" : "staging"
  const log = yield* Log
  const channels = yield* Channels
  const deployment = yield* Deployment
  const hash = yield* IdHash
  const installed = yield* Installed
  const failed = (failureCode: string) =>
    Effect.suspend(() => {
      log.write("error", "recorder.failed", { failureCode })
      return Metric.update(counters.recorderFailures, 1)
    })
  const keys = yield* recorderKeysOf(config, log)
  const rows = rowsFor(checklist, installed.channels)
  const scopes = scopesOf({ ...installed, sections: installed.digests, deployment: deployment.id })
  const boot = hash.correlation()
  const recorder = yield* makeRecorder({
    rows,
    environment,
    deployment: deployment.id,
    manifest: installed.code.release,
    keys
  })
  const memo = yield* makeMemoKeeper({ environment, deployment: deployment.id, keys })
  const maker = noteMaker(recorder, { rows, scopes, boot })
  const { rotations, compare } = yield* followSecrets(options, memo)
  const accounts = accountNotes({ maker, channels, configured: installed.channels, variantOf, isGenuine, hash })
  const followUps = yield* makeFollowUps
  const observations = yield* makeObservations({ accounts, maker, followUps, rotations, memo })
  const flush = Effect.andThen(recorder.flush, memo.flush).pipe(
    Effect.catch((failure) => failed(codeOf(failure))),
    Effect.asVoid
  )
  // The first flush reads the memo, so that a secret that changed while no process ran is noticed.
  yield* Effect.forkScoped(
    Effect.andThen(
      Effect.catch(memo.flush, (failure) => failed(codeOf(failure))),
      compare
    )
  )
  const stop = stopTimes[environment]
  yield* flushRegularly(flush, stop.flush)
  yield* Effect.addFinalizer(() => Effect.timeoutOption(followUps.awaitIdle, stop.followUps))
  const recording: ActiveRecording = {
    recorder,
    keys,
    scopes,
    rows,
    environment,
    boot,
    flush,
    isGenuine,
    noteBoot: (findings) => noteBoot(maker, findings),
    accountHash: (connector, account) =>
      accounts.find((one) => one.connector === connector && one.alias === account)?.hash
  }
  return Context.empty().pipe(
    Context.add(Recording, recording),
    Context.add(Observe, observations),
    Context.add(Log, observedLog(log, maker))
  )
})

/**
 * Records what the flows above it see, and counts the lines that they log. Writes every 30 seconds, and once more when the
 * gateway stops.
 */
export const layer = (options: RecordingOptions) => Layer.effectContext(make(options))
