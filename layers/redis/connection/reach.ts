import { Redis } from "ioredis"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { InfraError } from "../../../src/domain/failure.ts"
import { fromPromise } from "./call.ts"
import { close } from "./close.ts"
import { unconnected } from "./connect-error.ts"
import { type AnyOptions, connectionOptions, urlOptions } from "./options.ts"
import type { Primary } from "./primary.ts"
import { tlsOptions } from "./tls.ts"
import { hostOf, portOfAddress } from "./topology.ts"
import { lastErrorOf } from "./last-error.ts"

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
