import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import type * as Scope from "effect/Scope"
import * as WatchAccounts from "../boot/watch-accounts.ts"
import type { Config } from "../config/config.ts"
import { runtimeSecretRefs } from "../config/secret-refs.ts"
import { Channels } from "../connector/channel.ts"
import type { Unbound } from "../connector/configure.ts"
import * as SendEndpoint from "../http/server/send-endpoint.ts"
import * as Readiness from "../http/health/readiness.ts"
import * as WebhookEndpoint from "../http/server/webhook-endpoint.ts"
import * as Admit from "../inbound/admit/admit.ts"
import * as Receive from "../inbound/receive/receive.ts"
import { Runtime } from "../inbound/runtime/runtime.ts"
import * as InboundNotifications from "../inbound/notifications.ts"
import * as Workers from "../inbound/workers.ts"
import * as Gate from "../outbound/accounts/admission-control.ts"
import { toTestPeople } from "../outbound/intent/test-people.ts"
import * as Intents from "../outbound/submit/intents.ts"
import { RefreshSecrets } from "../outbound/send/refresh-credentials.ts"
import { Deployment } from "../deployment/deployment.ts"
import { recorderKeyOf } from "../readiness/record/recorder-key.ts"
import * as StoreClock from "../partition/store-clock.ts"
import * as ReadinessBoard from "../readiness/board.ts"
import * as GoNoGo from "../readiness/go-no-go.ts"
import { installed } from "./installed.ts"
import type { Parts, StoreAccess } from "./layer-factories.ts"
import { recording, records } from "./recording.ts"
import { IdHash } from "../secrets/id-hash.ts"
import * as SecretsOf from "../secrets/secrets.ts"
import { type SecretHandle, Secrets } from "../secrets/secrets.ts"
import type { BadAuthority, BadSecret, SecretUnavailable } from "../secrets/secret-store.ts"

/** Returns the milliseconds that a stop waits for requests under way, then for calls under way. */
export const drainOf = ({ environment }: Pick<Config, "environment">) =>
  environment === "local" ? { server: 700, calls: 700 } : { server: 10_000, calls: 15_000 }

/**
 * Returns an effect that shares `most` milliseconds between servers that stop one after the other. The first gets all of
 * them, each later one what is left, and at least a tenth.
 */
export const sharedDrain = (most: number): Effect.Effect<Effect.Effect<number>> =>
  Effect.sync(() => {
    let until: number | undefined
    return Effect.map(Clock.currentTimeMillis, (now) => {
      until ??= now + most
      return Math.max(until - now, most / 10)
    })
  })

type Handle = (ref: string) => Effect.Effect<SecretHandle, SecretUnavailable>

const optional = (handle: Handle, ref: string | undefined) => (ref === undefined ? Effect.undefined : handle(ref))

/** Makes the configured secrets, which it polls for new versions, and their store. */
export const secretsOf = ({ secrets }: Config, parts: Parts) =>
  SecretsOf.layer(
    secrets === undefined ? {} : { poll: Duration.toMillis(secrets.poll), overlap: Duration.toMillis(secrets.overlap) }
  ).pipe(Layer.provideMerge(parts.secretStore(secrets)))

/** Returns the configuration of the store with its passwords. */
const accessOf = Effect.fnUntraced(function* ({ store, environment }: Config, handle: Handle) {
  const { at, password } = store
  const access: StoreAccess = {
    store,
    environment,
    password: yield* optional(handle, password),
    sentinelPassword: yield* optional(handle, at._tag === "Sentinel" ? at.password : undefined)
  }
  return access
})

/** Builds the store and the sealer of its records. */
export const buildStore = Effect.fnUntraced(function* (config: Config, parts: Parts, handle: Handle) {
  const sealingKey = yield* optional(handle, config.store.sealingKey)
  return yield* Layer.build(parts.store({ ...(yield* accessOf(config, handle)), sealingKey }))
})

/** Returns the store for the boot and the commands, over a connection of its own. */
export const adminOf = Effect.fnUntraced(function* (config: Config, parts: Parts, handle: Handle) {
  return parts.storeAdmin(yield* accessOf(config, handle))
})

/** Returns the failures of secrets that exist and cannot be used. `secretChecks` reports the missing ones. */
export const unusable = Effect.fnUntraced(function* (config: Config, parts: Parts, { handle }: Secrets["Service"]) {
  const { sealingKey, pepper } = config.store
  const given = (ref: string | undefined) => Effect.orElseSucceed(optional(handle, ref), () => undefined)
  const key = yield* given(sealingKey)
  const salt = yield* given(pepper)
  const push = config.runtime?._tag === "Push" ? config.runtime : undefined
  const recorder = yield* given(config.readiness?.recorder)
  const secretsOfPush = yield* Effect.forEach(runtimeSecretRefs(push), given)
  const builds: ReadonlyArray<
    Effect.Effect<unknown, BadSecret | SecretUnavailable | BadAuthority, Scope.Scope | Secrets>
  > = [
    ...(key === undefined ? [] : [parts.sealingKey(key)]),
    ...(recorder === undefined ? [] : [Effect.provide(recorderKeyOf(recorder), parts.signing)]),
    ...(salt === undefined ? [] : [Layer.build(parts.idHash(salt.ref, salt.current()))]),
    ...(push !== undefined && secretsOfPush.every((one) => one !== undefined)
      ? [Layer.build(Layer.provide(parts.runtime(push), StoreClock.own))]
      : [])
  ]
  const results = yield* Effect.scoped(Effect.forEach(builds, (one) => Effect.result(Effect.asVoid(one))))
  return results.flatMap((one) => (Result.isFailure(one) ? [one.failure] : []))
})

/** Provides the code and the configuration of this process, with the facts of its store. */
const installedHere = (config: Config, parts: Parts) =>
  installed(
    config,
    parts,
    Effect.flatMap(Secrets, ({ handle }) => adminOf(config, parts, handle))
  )

/** Makes the recording of a process that serves nothing. */
export const recordingAlone = (config: Config, parts: Parts, unbound: ReadonlyArray<readonly [string, Unbound]>) =>
  recording(config, parts, unbound).pipe(
    Layer.provideMerge(Layer.merge(parts.providerHttp, channels(config, unbound, parts))),
    Layer.provideMerge(idHash(config, parts)),
    Layer.provideMerge(installedHere(config, parts))
  )

/** Makes all services above the store, in the order in which they stop: the workers, then the calls under way. */
export const servicesOf = (
  config: Config,
  parts: Parts,
  unbound: ReadonlyArray<readonly [string, Unbound]>,
  dead: ReadonlyArray<WatchAccounts.Dead>
) => {
  const { runtime } = config
  const push = runtime?._tag === "Push"
  const intentGate = Layer.provideMerge(SendEndpoint.layer, apiKeys(config, parts))
  const goNoGo = Layer.provideMerge(ReadinessBoard.layer, Layer.provide(GoNoGo.layer(config.readiness), parts.signing))
  return Layer.mergeAll(WebhookEndpoint.layer(parts.digest), intentGate, Readiness.layer, goNoGo, parts.webServer).pipe(
    Layer.provideMerge(workers(push)),
    Layer.provideMerge(config.environment === "local" ? Layer.empty : WatchAccounts.layer(parts.digest, dead)),
    Layer.provideMerge(
      Layer.mergeAll(
        Layer.provideMerge(Intents.layer({ drain: drainOf(config).calls }), Gate.layer).pipe(Layer.provide(refreshing)),
        Layer.provideMerge(Receive.layer(parts.digest), Admit.layer)
      )
    ),
    Layer.provideMerge(records(config) ? recording(config, parts, unbound) : Layer.empty),
    Layer.provideMerge(
      Layer.mergeAll(
        InboundNotifications.layer,
        parts.breaker,
        parts.providerHttp,
        channels(config, unbound, parts),
        push ? parts.runtime(runtime) : Layer.succeed(Runtime, Runtime.of({ deliver: () => Effect.never }))
      )
    ),
    Layer.provideMerge(idHash(config, parts)),
    Layer.provideMerge(installedHere(config, parts))
  )
}

const refreshing = Layer.effect(
  RefreshSecrets,
  Effect.map(Secrets, ({ refresh }) => refresh)
)

const workers = (push: boolean) =>
  Layer.unwrap(Effect.map(IdHash, (hash) => Workers.layer({ replica: hash.correlation(), push })))

const idHash = (config: Config, parts: Parts) =>
  Layer.unwrap(
    Effect.gen(function* () {
      const { localPepper } = yield* Deployment
      const secrets = yield* Secrets
      const handle = yield* optional(secrets.handle, config.store.pepper)
      return parts.idHash(config.store.pepper ?? "store/pepper", handle?.current() ?? Redacted.make(localPepper))
    })
  )

/**
 * Binds the configured connectors to their secrets. In staging a connector that calls its provider itself sends to test people
 * alone.
 */
const channels = (
  { environment, staging }: Config,
  unbound: ReadonlyArray<readonly [string, Unbound]>,
  { digest }: Parts
) =>
  Layer.effect(
    Channels,
    Effect.gen(function* () {
      const { handle } = yield* Secrets
      const bound = yield* Effect.forEach(
        unbound,
        Effect.fnUntraced(function* ([id, one]) {
          const channel = yield* one.bind(handle, digest)
          if (environment !== "staging" || !one.genuine) return [id, channel] as const
          const people = yield* Effect.forEach(staging.people[id] ?? [], handle)
          return [id, toTestPeople(channel, { people, digest })] as const
        })
      )
      return new Map(bound)
    })
  )

const apiKeys = (config: Config, parts: Parts) =>
  Layer.unwrap(
    Effect.gen(function* () {
      const { handle } = yield* Secrets
      const keys = yield* Effect.forEach(config.api.keys, ({ id, secret, scopes, namespace }) =>
        Effect.map(handle(secret), (reader) => ({ client: { id, scopes, namespace }, secret: reader }))
      )
      return parts.apiKeys(keys)
    })
  )
