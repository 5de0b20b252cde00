import * as Effect from "effect/Effect"
import * as Queue from "effect/Queue"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import * as SubscriptionRef from "effect/SubscriptionRef"
import { Redis } from "ioredis"
import type { InfraError } from "../../../src/domain/failure.ts"
import type { Script } from "../scripting/script.ts"
import { fromPromise } from "./call.ts"
import { unconnected } from "./connect-error.ts"
import { type Connection, type ConnectionGate, final, type Primary, primaryOf, type Status } from "./connection.ts"
import { close, isAnother, lastErrorOf, type RunId, setUpConnection } from "./lifecycle.ts"
import {
  type AnyOptions,
  type Common,
  connectionOptions,
  followPasswords,
  parseStoreUrl,
  type ServerOptions,
  urlOptions
} from "./options.ts"
import { tlsOptions } from "./tls.ts"
import { hostOf, portOfAddress } from "./topology.ts"

/**
 * Follows the connection: loads the scripts in use on each new connection, and compares the server with the one before.
 * A server that reports itself as a replica is not `up`, because it accepts no write.
 */
const follow = Effect.fnUntraced(function* (redis: Redis, events: Queue.Queue<Status>, scripts: ReadonlySet<Script>) {
  const status = yield* SubscriptionRef.make<Status>("up")
  const failovers = yield* SubscriptionRef.make(0)
  let last: { readonly runId: RunId } | undefined
  const setUp = Effect.gen(function* () {
    const { runId, isPrimary } = yield* setUpConnection(redis, scripts)
    if (last !== undefined && isAnother(last.runId, runId))
      yield* SubscriptionRef.update(failovers, (count) => count + 1)
    last = { runId }
    return isPrimary
  })
  yield* Stream.fromQueue(events).pipe(
    Stream.runForEach((next) =>
      Effect.gen(function* () {
        const now = next === "up" && (yield* setUp) ? "up" : "down"
        if (SubscriptionRef.getUnsafe(status) !== now) yield* SubscriptionRef.set(status, now)
      })
    ),
    Effect.forkScoped
  )
  return { status, failovers }
})

/**
 * Connects to one primary at a time, at the address that the client library finds. Fails at once if the first
 * connection fails.
 */
export const connectOne = Effect.fnUntraced(function* (
  make: () => Redis,
  name: string,
  options: Common,
  scripts: ReadonlySet<Script>,
  gate: ConnectionGate
) {
  const redis = yield* Effect.acquireRelease(Effect.sync(make), close)
  const events = yield* Queue.unbounded<Status>()
  const lastError = lastErrorOf(redis)
  redis.on("ready", () => Queue.offerUnsafe(events, "up"))
  redis.on("close", () => Queue.offerUnsafe(events, "down"))
  yield* Effect.tryPromise({
    try: () => redis.connect(),
    catch: (error) => unconnected(name, lastError() ?? error)
  })
  const { status, failovers } = yield* follow(redis, events, scripts)
  const primary = primaryOf(name, redis, options, gate)
  return {
    run: (call) => final(call.script.name, primary.run(call)),
    command: (command, args) => final(command, primary.command(command, args)),
    primaries: () => [primary],
    ownerOf: () => primary,
    status,
    failovers
  } satisfies Connection
})

/** Connects to one server, or to the one address of a store whose operator moves it. */
export const connectServer = Effect.fnUntraced(function* (
  options: ServerOptions,
  scripts: ReadonlySet<Script>,
  gate: ConnectionGate
) {
  const url = yield* parseStoreUrl(options.url)
  const make = () =>
    followPasswords(new Redis({ ...urlOptions(url, options), ...connectionOptions(options) }), options.password)
  return yield* connectOne(make, url.host, options, scripts, gate)
})

/** Describes a server that is only read. */
export type ReachedServer = Pick<Primary, "name" | "command">

const placeOf = (options: AnyOptions, address: string) => {
  const host = hostOf(address)
  const at = { host, port: portOfAddress(address) }
  const tls = { tls: tlsOptions(options, host) }
  if ("sentinel" in options) return options.sentinel.tls === true ? { ...at, ...tls } : at
  if ("cluster" in options) return options.cluster.some((url) => url.startsWith("rediss:")) ? { ...at, ...tls } : at
  const url = URL.parse(options.url)
  return url === null ? at : { ...urlOptions(url, options), ...at, ...(url.protocol === "rediss:" ? tls : {}) }
}

/** Connects to a server of the same store by its address, with the same credentials, until the scope ends. */
export const reach =
  (options: AnyOptions) =>
  (address: string): Effect.Effect<ReachedServer, InfraError, Scope.Scope> =>
    Effect.gen(function* () {
      const redis = yield* Effect.acquireRelease(
        Effect.sync(
          () => new Redis({ ...connectionOptions(options), ...placeOf(options, address), retryStrategy: null })
        ),
        close
      )
      const lastError = lastErrorOf(redis)
      yield* Effect.tryPromise({
        try: () => redis.connect(),
        catch: (error) => unconnected(address, lastError() ?? error)
      })
      return { name: address, command: (name, args) => fromPromise(() => redis.call(name, ...args)) }
    })
