import * as dns from "node:dns"
import type { LookupFunction } from "node:net"
import process from "node:process"
import * as tls from "node:tls"
import type * as Undici from "@effect/platform-node/Undici"
import undici from "@effect/platform-node/Undici"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"

/** Options for connections. Times in milliseconds. */
export interface WireOptions {
  readonly connections: number
  readonly connectTimeout?: number
  /** The only trusted certificates, in PEM; without them, those that Node trusts. */
  readonly ca?: ReadonlyArray<string>
}

/**
 * Connections to any number of origins. Uses HTTP/1.1 without pipelining, the only setting in which undici never
 * repeats a request by itself.
 */
export interface Wire {
  readonly agent: Undici.Agent
  /** Agent for answers of any length. Its connections are separate from those of calls. */
  readonly opening: Undici.Agent
  /** Returns true while an error tears down a connection: a body that ends then was cut off. */
  readonly broken: () => boolean
}

/** Most bytes of a body; a longer one counts as cut off. */
export const maxBody = 1 << 20

const anyLength = -1

/**
 * Milliseconds after which an unused connection is closed. Closing early avoids a doubt: the peer could close it while
 * the gateway writes.
 */
const idleTimeout = 4_000

const ownAddresses = [
  { address: "127.0.0.1", family: 4 },
  { address: "::1", family: 6 }
]

/** Resolves `localhost` to the loopback addresses alone (RFC 6761 §6.3). Asks no resolver and no file of hosts. */
const lookup: LookupFunction = (hostname, options, callback) => {
  if (hostname !== "localhost") return dns.lookup(hostname, options, callback)
  process.nextTick(() => (options.all === true ? callback(null, ownAddresses) : callback(null, "127.0.0.1", 4)))
}

/**
 * Returns a function that opens connections. TLS requires a certificate of a trusted authority, issued for the requested
 * host.
 */
export const connectorOf = (options: Omit<WireOptions, "connections">): Undici.buildConnector.connector => {
  const base = { allowH2: false, timeout: options.connectTimeout ?? 3_000, lookup }
  const plain = undici.buildConnector(base)
  let secure: Undici.buildConnector.connector | undefined
  const trusting = () => {
    const context = options.ca === undefined ? {} : { secureContext: tls.createSecureContext({ ca: [...options.ca] }) }
    return undici.buildConnector({ ...base, ...context, rejectUnauthorized: true })
  }
  return (target, callback) => (target.protocol === "https:" ? (secure ??= trusting()) : plain)(target, callback)
}

export const make = (options: WireOptions): Effect.Effect<Wire, never, Scope.Scope> => {
  let broken = false
  const connector = connectorOf(options)
  const connect: Undici.buildConnector.connector = (target, callback) => {
    connector(target, (...result) => {
      result[1]?.on("error", () => {
        broken = true
        queueMicrotask(() => (broken = false))
      })
      callback(...result)
    })
  }
  const open = (maxResponseSize: number) =>
    Effect.acquireRelease(
      Effect.sync(
        () =>
          new undici.Agent({
            connect,
            connections: options.connections,
            pipelining: 1,
            allowH2: false,
            useMilo: false,
            headersTimeout: 0,
            bodyTimeout: 0,
            keepAliveTimeout: idleTimeout,
            maxResponseSize
          })
      ),
      (agent) => Effect.promise(() => agent.destroy())
    )
  return Effect.all([open(maxBody), open(anyLength)]).pipe(
    Effect.map(([agent, opening]) => ({ agent, opening, broken: () => broken }))
  )
}
