import type { Redis, RedisOptions } from "ioredis"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { type Backoff, backoffDelay } from "../../../src/concurrency/backoff.ts"
import { InfraError } from "../../../src/domain/failure.ts"
import { refusalCode } from "../failure.ts"
import { tlsOptions } from "./tls.ts"

/** Returns the newest version of a password. */
export type Password = () => Redacted.Redacted<string>

/** Holds the options of every connection, on one server, behind Sentinels or on a cluster. */
export interface Common {
  readonly username?: string
  /** Called for each connection, so that a changed password is used from the next connection on. */
  readonly password?: Password
  /** With TLS, the PEM of the only authorities to trust; by default the authorities that Node trusts. */
  readonly ca?: string
  /** Prefix of every key; `comporta` by default. */
  readonly prefix?: string
  /** Milliseconds until a command counts as unanswered; 2000 by default. */
  readonly commandTimeout?: number
  /** Number of replicas of each primary that must acknowledge the writes of a script (G1); 0 by default. */
  readonly replicas?: number
  /** Milliseconds until missing acknowledgements fail a script; 1000 by default. */
  readonly replicaTimeout?: number
}

export interface ServerOptions extends Common {
  /** `redis://host:port/database`, or `rediss://` for TLS; without user info. */
  readonly url: string
}

export interface SentinelOptions extends Common {
  readonly sentinel: {
    /** Name of the primary, as the Sentinels know it. */
    readonly name: string
    /** `host:port` of each Sentinel. */
    readonly nodes: ReadonlyArray<string>
    /** Password of the Sentinels; the outer `password` is the one of the servers. */
    readonly password?: Password
    /** True when Sentinels and servers use TLS. */
    readonly tls?: boolean
  }
}

export interface ClusterOptions extends Common {
  /** Urls of the nodes that are asked for the others; `rediss://` when all nodes use TLS. */
  readonly cluster: ReadonlyArray<string>
  /** Maps an address that the nodes announce to the address that reaches the node, each as `host:port`. */
  readonly natMap?: Readonly<Record<string, string>>
}

export type AnyOptions = ServerOptions | SentinelOptions | ClusterOptions

export const commandMillis = ({ commandTimeout }: Common): number => commandTimeout ?? 2_000
export const replicaMillis = ({ replicaTimeout }: Common): number => replicaTimeout ?? 1_000

/**
 * Returns the milliseconds until anything sent on a connection counts as unanswered. It includes a wait for replicas,
 * which may come before it on the connection.
 */
export const answerMillis = (options: Common): number => {
  const waits = options.replicas === undefined || options.replicas === 0 ? 0 : replicaMillis(options)
  return commandMillis(options) + waits
}

/** Delays of a lost connection. The client library counts attempts from 1, so the first delay is 50 milliseconds. */
export const reconnectBackoff: Backoff = { baseMs: 25, maxMs: 2_000 }

/**
 * Makes the reconnection strategy of one connection. A server that refuses writes is left and tried again at growing
 * delays. If its address leads to the new primary later, the next connection reaches it.
 */
const makeReconnection = () => {
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

/** Returns the options of a connection that queues nothing while it is down and sends nothing twice (G7). */
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
    ...makeReconnection(),
    // Auto-pipelining would hold commands back until the reply to the pipeline before; group commit batches instead.
    enableAutoPipelining: false
  } satisfies RedisOptions
}

/** Updates the passwords of the client whenever a connection closes, so that the next one uses the newest version. */
export const followPasswords = (redis: Redis, password: Password | undefined, ofSentinels?: Password): Redis =>
  redis.on("close", () => {
    if (password !== undefined) redis.options.password = Redacted.value(password())
    if (ofSentinels !== undefined) redis.options.sentinelPassword = Redacted.value(ofSentinels())
  })

/** Returns the host, port and database of a `redis://` url, and its TLS options. */
export const urlOptions = (url: URL, options: Common) => {
  const host = url.hostname.replace(/^\[|\]$/g, "")
  return {
    host,
    port: Number(url.port === "" ? 6379 : url.port),
    db: Number(url.pathname.slice(1)),
    ...(url.protocol === "rediss:" ? { tls: tlsOptions(options, host) } : {})
  } satisfies RedisOptions
}

const badAddress = () =>
  new InfraError({
    code: "store_url",
    operation: "the store's address must be redis://host:port without user info",
    certainty: "not_applied",
    transient: false
  })

/** Parses the url of a store. Fails without the text that it rejects, because the text may hold a password. */
export const parseStoreUrl = (text: string): Effect.Effect<URL, InfraError> =>
  Effect.suspend(() => {
    const url = URL.parse(text)
    const known = url !== null && ["redis:", "rediss:"].includes(url.protocol) && url.hostname !== ""
    if (known && url.username === "" && url.password === "" && /^\/?\d*$/.test(url.pathname)) return Effect.succeed(url)
    return Effect.fail(badAddress())
  })
