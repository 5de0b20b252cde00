import { Redis } from "ioredis"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Queue from "effect/Queue"
import * as Redacted from "effect/Redacted"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import * as SubscriptionRef from "effect/SubscriptionRef"
import { InfraError } from "../../src/domain/failure.ts"
import { refusal, toInfraError, unavailable } from "./failure.ts"
import { defineScript, type Script } from "./script.ts"

export { defineScript, type Script }

export interface Options {
  /** `redis://host:port/database`, or `rediss://` for TLS; without user info. */
  readonly url: string
  readonly username?: string
  readonly password?: Redacted.Redacted<string>
  /** What every key begins with; `comporta` unless given. */
  readonly prefix?: string
  /** Milliseconds until a command counts as unanswered; 2000 unless given. */
  readonly commandTimeout?: number
}

/** As the server gave it: decode with `reply.ts`. */
export type Reply = unknown

export type Status = "up" | "down"

/**
 * One connection to Redis or Valkey that never guesses (G7): nothing is queued while it is down, nothing is sent twice.
 * A failure says whether the command may have run.
 */
export class RedisStore extends Context.Service<
  RedisStore,
  {
    /** What every key begins with. */
    readonly prefix: string
    /** All keys share one hash slot. Runs by digest, and by source where the server certainly did not know the digest. */
    readonly run: (
      script: Script,
      keys: ReadonlyArray<string>,
      args: ReadonlyArray<string | number | Buffer>
    ) => Effect.Effect<Reply, InfraError>
    readonly command: (name: string, ...args: ReadonlyArray<string | number>) => Effect.Effect<Reply, InfraError>
    readonly status: SubscriptionRef.SubscriptionRef<Status>
  }
>()("comporta/layers/redis/RedisStore") {}

const backoff = (attempt: number): number => Math.min(2_000, 25 * 2 ** Math.min(attempt, 10))

const connect = (options: Options, url: URL): Redis => {
  const timeout = options.commandTimeout ?? 2_000
  return new Redis({
    host: url.hostname.replace(/^\[|\]$/g, ""),
    port: Number(url.port === "" ? 6379 : url.port),
    db: Number(url.pathname.slice(1)),
    ...(url.protocol === "rediss:" ? { tls: {} } : {}),
    ...(options.username === undefined ? {} : { username: options.username }),
    ...(options.password === undefined ? {} : { password: Redacted.value(options.password) }),
    connectionName: "comporta",
    disableClientInfo: true,
    protocol: 2,
    lazyConnect: true,
    connectTimeout: timeout,
    commandTimeout: timeout,
    socketTimeout: 3 * timeout,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    retryStrategy: backoff,
    reconnectOnError: (error) => (refusal(error) === "READONLY" ? 1 : false),
    // It holds commands back until the pipeline before has been answered; group commit gathers what belongs together.
    enableAutoPipelining: false
  })
}

const addressOf = (text: string) =>
  Effect.suspend(() => {
    const url = URL.parse(text)
    const known = url !== null && ["redis:", "rediss:"].includes(url.protocol) && url.hostname !== ""
    if (known && url.username === "" && url.password === "" && /^\/?\d*$/.test(url.pathname)) return Effect.succeed(url)
    return Effect.fail(
      new InfraError({
        code: "store_url",
        operation: "the store's address must be redis://host:port without user info",
        certainty: "not_applied",
        transient: false
      })
    )
  })

const errorCode = (error: unknown): string => {
  const word = refusal(error)
  if (word !== undefined) return word
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "no answer"
}

const close = (redis: Redis) =>
  Effect.tryPromise(() => redis.quit()).pipe(
    Effect.timeout("500 millis"),
    Effect.ignore,
    Effect.andThen(Effect.sync(() => redis.disconnect()))
  )

/** Follows the connection: the ref says `up` or `down`, and scripts in use are loaded anew on each connection. */
const watch = (redis: Redis, scripts: ReadonlySet<Script>) =>
  Effect.gen(function* () {
    const status = yield* SubscriptionRef.make<Status>("up")
    const events = yield* Queue.unbounded<Status>()
    redis.on("ready", () => Queue.offerUnsafe(events, "up"))
    redis.on("close", () => Queue.offerUnsafe(events, "down"))
    const load = (script: Script) => Effect.ignore(Effect.tryPromise(() => redis.script("LOAD", script.source)))
    yield* Stream.fromQueue(events).pipe(
      Stream.runForEach((next) =>
        Effect.gen(function* () {
          if (next === "up") yield* Effect.forEach(scripts, load, { discard: true })
          if (SubscriptionRef.getUnsafe(status) !== next) yield* SubscriptionRef.set(status, next)
        })
      ),
      Effect.forkScoped
    )
    return status
  })

const open = (options: Options): Effect.Effect<Redis, InfraError, Scope.Scope> =>
  Effect.gen(function* () {
    const url = yield* addressOf(options.url)
    const redis = yield* Effect.acquireRelease(
      Effect.sync(() => connect(options, url)),
      close
    )
    let last: unknown
    redis.on("error", (error) => (last = error))
    yield* Effect.tryPromise({
      try: () => redis.connect(),
      catch: (error) => unavailable(`connect to the store at ${url.host} (${errorCode(last ?? error)})`, last ?? error)
    })
    return redis
  })

const make = (options: Options) =>
  Effect.gen(function* () {
    const redis = yield* open(options)
    const scripts = new Set<Script>()
    const status = yield* watch(redis, scripts)

    const ask = (send: () => Promise<unknown>): Effect.Effect<unknown, unknown> =>
      Effect.callback<unknown, unknown>((resume) => {
        send().then(
          (reply) => resume(Effect.succeed(reply)),
          (error) => resume(Effect.fail(error))
        )
      })

    const whenUp = <A>(operation: string, effect: Effect.Effect<A, unknown>): Effect.Effect<A, InfraError> =>
      Effect.suspend(() =>
        redis.status === "ready"
          ? Effect.mapError(effect, (error) => toInfraError(operation, error))
          : Effect.fail(unavailable(operation))
      )

    return RedisStore.of({
      prefix: options.prefix ?? "comporta",
      status,
      run: (script, keys, args) => {
        scripts.add(script)
        return whenUp(
          script.name,
          ask(() => redis.evalsha(script.sha, keys.length, ...keys, ...args)).pipe(
            Effect.catchIf(
              (error) => refusal(error) === "NOSCRIPT",
              () => ask(() => redis.eval(script.source, keys.length, ...keys, ...args))
            )
          )
        )
      },
      command: (name, ...args) =>
        whenUp(
          name,
          ask(() => redis.call(name, ...args))
        )
    })
  })

/** Fails at once where the first connection does; later ones are made again by themselves. */
export const layer = (options: Options): Layer.Layer<RedisStore, InfraError> => Layer.effect(RedisStore, make(options))
