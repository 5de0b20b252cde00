import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import type { Config, PushConfig } from "../config/config.ts"
import { secretRefs } from "../config/secret-refs.ts"
import type { Channel } from "../connector/channel.ts"
import type { Connector } from "../connector/connector.ts"
import type { Digest } from "../connector/inbound.ts"
import type { ProviderHttp } from "../connector/provider-http.ts"
import { InfraError } from "../domain/failure.ts"
import type { BootCheck } from "../log/line.ts"
import type { BadAuthority, SecretUnavailable } from "../secrets/secret-store.ts"
import { Secrets } from "../secrets/secrets.ts"
import { type Configured, genuineChecks } from "./config-checks.ts"
import { Host } from "./host.ts"
import { leakChecks, outputCheck, processCheck } from "./host-checks.ts"
import { LastProofs, noProofs, credentialOf } from "./last-proofs.ts"
import type { RunningRelease, ShippedFiles } from "../release/shipped-files.ts"
import type { ProbedAccount } from "../observe/observe.ts"
import { type Probed, providerChecks, type RefusedProbe } from "./provider-checks.ts"
import { releaseChecks } from "./release-checks.ts"
import { blocked, checkLimit, limited } from "./report.ts"
import { runtimeCheck, RuntimeUnreached } from "./runtime-check.ts"
import { StoreAdmin } from "./store-services.ts"
import { storeChecks, serverUnreachable } from "./store-boot.ts"

/** Input of the boot checks of staging and production. */
export interface Examined {
  readonly config: Config
  readonly connectors: ReadonlyArray<Connector>
  readonly configured: Configured
  readonly digest: Digest
  /** Opens one connection to the runtime and closes it, without a request. */
  readonly reachRuntime: (push: PushConfig) => Effect.Effect<void, RuntimeUnreached | BadAuthority>
  readonly release: RunningRelease
  readonly admin: Effect.Effect<Layer.Layer<StoreAdmin | LastProofs, InfraError | BadAuthority>, SecretUnavailable>
}

/** Result of the boot checks. */
export interface Examination {
  readonly checks: ReadonlyArray<BootCheck>
  /** Accounts to pause, since the provider rejects their credential (G37). */
  readonly dead: ReadonlyArray<RefusedProbe>
  /** Results of the present probes of the providers. */
  readonly probed: ReadonlyArray<ProbedAccount>
}

/** Time in which a connection to the runtime must open. After it the runtime counts as away, which refuses nothing. */
const reachLimit = Duration.seconds(8)

const hangs = new InfraError({
  code: "store_unavailable",
  operation: "connect to the store",
  certainty: "not_applied",
  transient: true
})

const hostChecks = Effect.fnUntraced(function* ({ config, configured }: Pick<Examined, "config" | "configured">) {
  const host = yield* Host
  const { handle } = yield* Secrets
  const handles = yield* Effect.forEach(secretRefs(config), (ref) => Effect.option(handle(ref)))
  const values = handles.flatMap((one) => (one._tag === "Some" ? one.value.candidates().map(Redacted.value) : []))
  const genuine = configured.unbound.some(([, unbound]) => unbound.genuine)
  const started = {
    variables: host.variables,
    nodeArguments: host.nodeArguments,
    libraries: host.libraries,
    isInspected: yield* host.isInspected,
    preloadsLibraries: yield* host.preloadsLibraries
  }
  const leaks = leakChecks(host.variables, yield* host.variableFiles, values)
  return [processCheck(started, genuine), ...leaks, outputCheck(host.variables)]
})

/** Returns the warnings of `local`: the checks that would refuse the start elsewhere. */
export const hostWarnings = Effect.fnUntraced(function* (examined: Pick<Examined, "config" | "configured">) {
  const checks = yield* hostChecks(examined)
  return checks.flatMap(({ name, state, problem = "" }) =>
    state === "ok" ? [] : [{ name, state: "ok" as const, problem: `${problem}; refused outside local` }]
  )
})

/** Returns a keyed digest that distinguishes the pepper and shows nothing of it. Returns `undefined` when it cannot be read. */
const pepperOf = Effect.fnUntraced(function* ({ config, digest }: Examined) {
  const { handle } = yield* Secrets
  const { pepper } = config.store
  if (pepper === undefined) return undefined
  return yield* handle(pepper).pipe(
    Effect.map((secret) => digest.hmacSha256(secret.current(), new TextEncoder().encode("comporta pepper"))),
    Effect.map((bytes) => Buffer.from(bytes).toString("hex").slice(0, 32)),
    Effect.orElseSucceed(() => undefined)
  )
})

/** Binds each connector to its secrets. A connector without one of them is `blocked` by the check of that secret. */
const channelsOf = Effect.fnUntraced(function* ({ configured, digest }: Examined) {
  const { handle } = yield* Secrets
  return yield* Effect.forEach(configured.unbound, ([id, unbound]) =>
    Effect.mapError(unbound.bind(handle, digest), ({ ref }) => blocked(`provider:${id}`, `secret:${ref}`)).pipe(
      Effect.result
    )
  )
})

/** Opens a connection to a runtime that gets its events by push. A file of authorities that cannot be used blocks the check. */
const runtimeChecks = ({ config: { runtime }, reachRuntime }: Examined): Effect.Effect<ReadonlyArray<BootCheck>> => {
  if (runtime?._tag !== "Push") return Effect.succeed([])
  return reachRuntime(runtime).pipe(
    Effect.as(runtimeCheck(undefined)),
    Effect.catchTags({
      RuntimeUnreached: (unreached) => Effect.succeed(runtimeCheck(unreached)),
      BadAuthority: () => Effect.succeed(blocked("runtime.reachable", "runtime.push"))
    }),
    Effect.timeoutOrElse({
      duration: reachLimit,
      orElse: () => Effect.succeed(runtimeCheck(new RuntimeUnreached({ code: "ETIMEDOUT" })))
    }),
    Effect.map((check) => [check])
  )
}

const probedOf = (channel: Channel, digest: Digest): ReadonlyArray<Probed> =>
  [...channel.accounts.values()].map((account) => ({
    channel,
    account,
    credential: credentialOf(channel, account, digest)
  }))

/** Runs and reports every check beside those of the file and the secrets. None takes longer than its limit. */
export const runChecks = Effect.fnUntraced(function* (
  examined: Examined
): Effect.fn.Return<Examination, never, Host | Secrets | ProviderHttp | ShippedFiles> {
  const { config, connectors, digest, release } = examined
  const declared = {
    environment: config.environment,
    store: config.store,
    connectors: connectors.filter(({ id }) => id in config.connectors)
  }
  const channels = yield* channelsOf(examined)
  const waiting = channels.flatMap((one) => (Result.isFailure(one) ? [one.failure] : []))
  const accounts = channels.flatMap((one) => (Result.isSuccess(one) ? probedOf(one.success, digest) : []))
  const withStore = Effect.gen(function* () {
    const admin = yield* Effect.result(examined.admin)
    const without = (why: InfraError | SecretUnavailable | BadAuthority) => ({
      store: Effect.succeed(serverUnreachable(declared, why)),
      proofs: noProofs
    })
    if (Result.isFailure(admin)) return without(admin.failure)
    const opened = yield* Effect.result(
      Effect.timeoutOrElse(Layer.build(admin.success), { duration: checkLimit, orElse: () => Effect.fail(hangs) })
    )
    if (Result.isFailure(opened)) return without(opened.failure)
    const fingerprint = yield* pepperOf(examined)
    const store = storeChecks(declared, Context.get(opened.success, StoreAdmin), fingerprint)
    return { store, proofs: Context.get(opened.success, LastProofs) }
  })
  return yield* Effect.scoped(
    Effect.gen(function* () {
      const { store, proofs } = yield* withStore
      const [host, reached, shipped, stored, provided] = yield* Effect.all(
        [
          limited("process", hostChecks(examined)),
          runtimeChecks(examined),
          limited("release.files", releaseChecks(config.environment, release)),
          limited("store.reachable", store),
          providerChecks(accounts, proofs, config.boot.deadCredential)
        ],
        { concurrency: "unbounded" }
      )
      const genuine = genuineChecks(config, examined.configured)
      return {
        checks: [...genuine, ...host, ...reached, ...shipped, ...stored, ...waiting, ...provided.checks],
        dead: provided.dead,
        probed: provided.probed
      }
    })
  )
})
