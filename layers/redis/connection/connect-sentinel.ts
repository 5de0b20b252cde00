import { Redis } from "ioredis"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { backoffDelay } from "../../../src/concurrency/backoff.ts"
import type { Script } from "../scripting/script.ts"
import { connectOne } from "./connect-one.ts"
import { errorCode, unconnected, unanswered } from "./connect-error.ts"
import type { ConnectionGate } from "./gate.ts"
import { commandMillis, connectionOptions, followPasswords, reconnectBackoff, type SentinelOptions } from "./options.ts"
import { askSentinels, nodeOf } from "./sentinels.ts"
import { tlsOptions } from "./tls.ts"

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
