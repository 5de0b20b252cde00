import type { Redis, RedisOptions } from "ioredis"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { type Backoff, backoffDelay } from "../../../src/concurrency/backoff.ts"
import { InfraError } from "../../../src/domain/failure.ts"
import { refusalCode } from "../failure.ts"
import { secured } from "./tls.ts"

/** Reads the newest version. */
export type Password = () => Redacted.Redacted<string>

/** What every connection can be told, wherever the store is. */
export interface Common {
  readonly username?: string
  /** Asked for each connection anew: a password that was changed is used from the next one on. */
  readonly password?: Password
  /** With TLS: PEM of the only authorities to trust; without it those that Node trusts. */
  readonly ca?: string
  /** What every key begins with; `comporta` unless given. */
  readonly prefix?: string
  /** Milliseconds until a command counts as unanswered; 2000 unless given. */
  readonly commandTimeout?: number
  /** Replicas of each primary that must acknowledge what a script wrote (G1); 0 unless given. */
  readonly replicas?: number
  /** Milliseconds until missing acknowledgements fail a script; 1000 unless given. */
  readonly replicaTimeout?: number
}

export interface ServerOptions extends Common {
  /** `redis://host:port/database`, or `rediss://` for TLS; without user info. */
  readonly url: string
}

export interface SentinelOptions extends Common {
  readonly sentinel: {
    /** Of the primary, as the Sentinels call it. */
    readonly name: string
    /** `host:port` of each Sentinel. */
    readonly nodes: ReadonlyArray<string>
    /** Of the Sentinels themselves; `password` is the servers'. */
    readonly password?: Password
    /** Sentinels and servers speak TLS. */
    readonly tls?: boolean
  }
}

export interface ClusterOptions extends Common {
  /** Urls of nodes to ask for the others; `rediss://` where all of them speak TLS. */
  readonly cluster: ReadonlyArray<string>
  /** From an address that the nodes announce to the one that it is reached by, each as `host:port`. */
  readonly natMap?: Readonly<Record<string, string>>
}

export type AnyOptions = ServerOptions | SentinelOptions | ClusterOptions

export const commandMillis = ({ commandTimeout }: Common): number => commandTimeout ?? 2_000
export const replicaMillis = ({ replicaTimeout }: Common): number => replicaTimeout ?? 1_000

/** Milliseconds until anything sent on a connection counts as unanswered; it may stand behind a wait for replicas. */
export const answerMillis = (options: Common): number => {
  const waits = options.replicas === undefined || options.replicas === 0 ? 0 : replicaMillis(options)
  return commandMillis(options) + waits
}

/** Delays of a lost connection. The client library counts attempts from 1, so the first delay is 50 milliseconds. */
export const reconnectBackoff: Backoff = { baseMs: 25, maxMs: 2_000 }

/**
 * Makes the way in which one connection is made again. A server that refuses writes is left, and tried again more and more
 * rarely: where its address leads to the new primary later, the next connection finds it.
 */
const returning = () => {
  let refused = false
  let streak = 0
  return {
    retryStrategy: (attempt: number) => {
      streak = refused ? streak + 1 : attempt === 1 ? 0 : streak
      refused = false
      return backoffDelay(reconnectBackoff, Math.max(attempt, streak))
    },
    reconnectOnError: (error: Error): 1 | false => {
      if (refusalCode(error) !== "READONLY") return false
      refused = true
      return 1
    }
  }
}

/** Of one connection that queues nothing while it is down and sends nothing twice (G7). */
export const connectionOptions = (options: Common) => {
  const timeout = answerMillis(options)
  return {
    ...(options.username === undefined ? {} : { username: options.username }),
    ...(options.password === undefined ? {} : { password: Redacted.value(options.password()) }),
    connectionName: "comporta",
    disableClientInfo: true,
    protocol: 2,
    lazyConnect: true,
    connectTimeout: commandMillis(options),
    commandTimeout: timeout,
    socketTimeout: 3 * timeout,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    ...returning(),
    // It holds commands back until the pipeline before has been answered; group commit gathers what belongs together.
    enableAutoPipelining: false
  } satisfies RedisOptions
}

/** Lets the client come in with the password of the day, each time that it connects again. */
export const followPasswords = (redis: Redis, password: Password | undefined, ofSentinels?: Password): Redis =>
  redis.on("close", () => {
    if (password !== undefined) redis.options.password = Redacted.value(password())
    if (ofSentinels !== undefined) redis.options.sentinelPassword = Redacted.value(ofSentinels())
  })

/** Where a `redis://` url points. */
export const urlOptions = (url: URL, options: Common) => {
  const host = url.hostname.replace(/^\[|\]$/g, "")
  return {
    host,
    port: Number(url.port === "" ? 6379 : url.port),
    db: Number(url.pathname.slice(1)),
    ...(url.protocol === "rediss:" ? { tls: secured(options, host) } : {})
  } satisfies RedisOptions
}

const badAddress = () =>
  new InfraError({
    code: "store_url",
    operation: "the store's address must be redis://host:port without user info",
    certainty: "not_applied",
    transient: false
  })

/** Never shows the text that it refuses: it may hold a password. */
export const parseStoreUrl = (text: string): Effect.Effect<URL, InfraError> =>
  Effect.suspend(() => {
    const url = URL.parse(text)
    const known = url !== null && ["redis:", "rediss:"].includes(url.protocol) && url.hostname !== ""
    if (known && url.username === "" && url.password === "" && /^\/?\d*$/.test(url.pathname)) return Effect.succeed(url)
    return Effect.fail(badAddress())
  })
