import { Redis } from "ioredis"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { refusalCode } from "../failure.ts"
import { close } from "./close.ts"
import { errorCode } from "./connect-error.ts"
import { commandMillis, type SentinelOptions } from "./options.ts"
import { isTlsError, tlsOptions } from "./tls.ts"
import { lastErrorOf } from "./last-error.ts"

/** Returns the host and port of an address; port 26379 by default. */
export const nodeOf = (address: string) => {
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
export const askSentinels = (options: SentinelOptions): Effect.Effect<unknown> =>
  Effect.map(
    Effect.forEach(options.sentinel.nodes, (node) => ask(node, options), { concurrency: "unbounded" }),
    (reasons) => reasons.find(refuses) ?? (reasons.includes(undefined) ? undefined : reasons[0])
  )
