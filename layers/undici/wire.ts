import * as tls from "node:tls"
import type * as Undici from "@effect/platform-node/Undici"
import undici from "@effect/platform-node/Undici"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"

/** How connections are made and kept. Times in milliseconds. */
export interface WireOptions {
  readonly connections: number
  readonly connectTimeout?: number
  /** The only certificates to trust, in PEM; without it those that Node trusts. */
  readonly ca?: ReadonlyArray<string>
}

/** Connections to any number of origins. HTTP/1.1 without pipelining: undici repeats by itself in no other setting. */
export interface Wire {
  readonly agent: Undici.Agent
  /** For answers of any length; its connections are others than those of calls. */
  readonly opening: Undici.Agent
  /** True while a connection is being torn down by an error: a body that ends then was cut off. */
  readonly broken: () => boolean
}

/** An answer with a longer body counts as cut off. Bytes. */
export const maxBody = 1 << 20

const anyLength = -1

/** An unused connection is closed early: one that the peer closes just as we write leaves a doubt behind. */
const idleTimeout = 4_000

export const make = (options: WireOptions): Effect.Effect<Wire, never, Scope.Scope> => {
  let broken = false
  const base = { allowH2: false, timeout: options.connectTimeout ?? 3_000 }
  const plain = undici.buildConnector(base)
  let secure: Undici.buildConnector.connector | undefined
  const trusting = () => {
    const context = options.ca === undefined ? {} : { secureContext: tls.createSecureContext({ ca: [...options.ca] }) }
    return undici.buildConnector({ ...base, ...context, rejectUnauthorized: true })
  }
  const connect: Undici.buildConnector.connector = (target, callback) => {
    const connector = target.protocol === "https:" ? (secure ??= trusting()) : plain
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
