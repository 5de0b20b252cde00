import { Redis } from "ioredis"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import type { Script } from "../script.ts"
import { connectOne } from "./connect-one.ts"
import { backoff, commandMillis, connectionOptions, followPasswords, type SentinelOptions } from "./options.ts"

const nodeOf = (address: string) => {
  const url = URL.parse(`redis://${address}`)
  return { host: url?.hostname.replace(/^\[|\]$/g, "") ?? address, port: Number(url?.port === "" ? 26379 : url?.port) }
}

/** The primary that the Sentinels name, asked anew for each connection; one that says it is a replica is left again. */
export const connectSentinel = Effect.fnUntraced(function* (options: SentinelOptions, scripts: ReadonlySet<Script>) {
  const { name, nodes, password } = options.sentinel
  let started = false
  const make = () => {
    const redis = new Redis({
      ...connectionOptions(options),
      name,
      role: "master",
      sentinels: nodes.map(nodeOf),
      ...(password === undefined ? {} : { sentinelPassword: Redacted.value(password()) }),
      sentinelCommandTimeout: commandMillis(options),
      sentinelRetryStrategy: (attempt) => (started ? backoff(attempt) : null)
    })
    followPasswords(redis, options.password, password)
    redis.once("ready", () => (started = true))
    return redis
  }
  return yield* connectOne(make, `sentinel:${name}`, options, scripts)
})
