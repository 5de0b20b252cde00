import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { Redis } from "ioredis"
import { backoffDelay } from "../../../src/concurrency/backoff.ts"
import { refusalCode } from "../failure.ts"
import type { Script } from "../scripting/script.ts"
import { errorCode, unanswered, unconnected } from "./connect-error.ts"
import { connectOne } from "./connect-server.ts"
import type { ConnectionGate } from "./connection.ts"
import { close, lastErrorOf } from "./lifecycle.ts"
import { commandMillis, connectionOptions, followPasswords, reconnectBackoff, type SentinelOptions } from "./options.ts"
import { isTlsError, tlsOptions } from "./tls.ts"

/** Returns the host and port of an address; port 26379 by default. */
const nodeOf = (address: string) => {
  const url = URL.parse(`redis://${address}`)
  return { host: url?.hostname.replace(/^\[|\]$/g, "") ?? address, port: Number(url?.port === "" ? 26379 : url?.port) }
}

const ask = (node: string, options: SentinelOptions) =>
  Effect.scoped(
    Effect.gen(function* () {
      const { password, tls } = options.sentinel
      const redis = yield* Effect.acquireRelease(
        Effect.sync(
          () =>
            new Redis({
              ...nodeOf(node),
              ...(password === undefined ? {} : { password: Redacted.value(password()) }),
              ...(tls === true ? { tls: tlsOptions(options) } : {}),
              disableClientInfo: true,
              protocol: 2,
              lazyConnect: true,
              enableReadyCheck: false,
              connectTimeout: commandMillis(options),
              commandTimeout: commandMillis(options),
              retryStrategy: null
            })
        ),
        close
      )
      const lastError = lastErrorOf(redis)
      return yield* Effect.promise(() =>
        redis.connect().then(
          () => undefined,
          (error: unknown) => lastError() ?? error
        )
      )
    })
  )

const refuses = (why: unknown) => refusalCode(why) !== undefined || isTlsError(errorCode(why))

/**
 * Returns why the first Sentinel that refuses the connection does so, or why none can be reached: the client library
 * reports only that none named a server. Returns `undefined` when at least one replies and none refuses.
 */
const askSentinels = (options: SentinelOptions): Effect.Effect<unknown> =>
  Effect.map(
    Effect.forEach(options.sentinel.nodes, (node) => ask(node, options), { concurrency: "unbounded" }),
    (reasons) => reasons.find(refuses) ?? (reasons.includes(undefined) ? undefined : reasons[0])
  )

/**
 * Connects to the primary that the Sentinels name, and reads its address again for each connection. A server that
 * reports itself as a replica is left again.
 */
export const connectSentinel = Effect.fnUntraced(function* (
  options: SentinelOptions,
  scripts: ReadonlySet<Script>,
  gate: ConnectionGate
) {
  const { name, nodes, password, tls } = options.sentinel
  let started = false
  const make = () => {
    const redis = new Redis({
      ...connectionOptions(options),
      name,
      role: "master",
      sentinels: nodes.map(nodeOf),
      ...(password === undefined ? {} : { sentinelPassword: Redacted.value(password()) }),
      ...(tls === true
        ? { enableTLSForSentinelMode: true, tls: tlsOptions(options), sentinelTLS: tlsOptions(options) }
        : {}),
      sentinelCommandTimeout: commandMillis(options),
      sentinelRetryStrategy: (attempt) => (started ? backoffDelay(reconnectBackoff, attempt) : null)
    })
    followPasswords(redis, options.password, password)
    redis.once("ready", () => (started = true))
    return redis
  }
  const at = `sentinel:${name}`
  return yield* Effect.catch(connectOne(make, at, options, scripts, gate), (failure) =>
    failure.code === "store_unavailable" && errorCode(failure.cause) === unanswered
      ? Effect.flatMap(askSentinels(options), (why) => Effect.fail(unconnected(at, why ?? failure.cause)))
      : Effect.fail(failure)
  )
})
