import { Redis } from "ioredis"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { refusalCode } from "../failure.ts"
import { close } from "./close.ts"
import { errorCode } from "./connect-error.ts"
import { commandMillis, type SentinelOptions } from "./options.ts"
import { isOfTls, secured } from "./tls.ts"
import { lastErrorOf } from "./last-error.ts"

/** Where `host:port` is; port 26379 unless given. */
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
              ...(tls === true ? { tls: secured(options) } : {}),
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

const refuses = (why: unknown) => refusalCode(why) !== undefined || isOfTls(errorCode(why))

/**
 * Why the first of them that refuses us does, or why none of them is there: the client library tells only that none named a
 * server. One that is away says nothing where others answer.
 */
export const askSentinels = (options: SentinelOptions): Effect.Effect<unknown> =>
  Effect.map(
    Effect.forEach(options.sentinel.nodes, (node) => ask(node, options), { concurrency: "unbounded" }),
    (reasons) => reasons.find(refuses) ?? (reasons.includes(undefined) ? undefined : reasons[0])
  )
