import { Redis } from "ioredis"
import * as Effect from "effect/Effect"
import type { InfraError } from "../../../src/domain/failure.ts"
import { close, lastErrorOf } from "./lifecycle.ts"
import { unconnected } from "./connect-error.ts"
import { type ConnectionGate, type Primary, primaryOf } from "./connection.ts"
import { type ClusterOptions, type Common, connectionOptions, followPasswords } from "./options.ts"
import { tlsOptions } from "./tls.ts"
import { hostOf, portOfAddress } from "./topology.ts"

/** Describes a node of the cluster and the connection to it, which reconnects until the node is dropped. */
export interface ClusterNode {
  readonly address: string
  readonly redis: Redis
  readonly primary: Primary
  /**
   * Waits while the first connection is being made. Fails at once if the first attempt failed and the node is not
   * connected now.
   */
  readonly ready: Effect.Effect<void, InfraError>
}

export interface Nodes {
  readonly get: (address: string) => ClusterNode | undefined
  /** Returns the node at this address, and connects to it if it is new. */
  readonly at: (address: string) => ClusterNode
  readonly all: () => ReadonlyArray<ClusterNode>
  /** Removes a node, and closes its connection after the replies to what was sent. */
  readonly drop: (node: ClusterNode) => Effect.Effect<void>
}

export interface Listener {
  readonly onReady: (node: ClusterNode) => void
  readonly onClose: (node: ClusterNode) => void
}

const firstConnection = (redis: Redis, address: string, announced: boolean): ClusterNode["ready"] => {
  const lastError = lastErrorOf(redis)
  const connecting = redis.connect().then(
    () => undefined,
    (error: unknown) => lastError() ?? error
  )
  let over = false
  void connecting.then(() => (over = true))
  const failed = (cause: unknown) => unconnected(address, cause, undefined, announced)
  return Effect.suspend(() => {
    if (redis.status === "ready") return Effect.void
    if (over) return Effect.fail(failed(lastError()))
    return Effect.flatMap(
      Effect.promise(() => connecting),
      (cause) => (cause === undefined ? Effect.void : Effect.fail(failed(cause)))
    )
  })
}

/** Returns `host:port` of a node's url. */
const nodeOfUrl = (url: string): string => {
  const { hostname, port = "" } = URL.parse(url) ?? { hostname: url }
  return `${hostname.replace(/^\[|\]$/g, "")}:${port === "" ? 6379 : port}`
}

/** Holds one connection for each node of a cluster, and closes all of them with the scope. */
export const clusterNodes = Effect.fnUntraced(function* (
  options: Pick<ClusterOptions, "cluster" | "natMap"> & Common,
  gate: ConnectionGate,
  tls: boolean,
  listener: Listener
) {
  const nodes = new Map<string, ClusterNode>()
  const written = new Set([...options.cluster.map(nodeOfUrl), ...Object.values(options.natMap ?? {})])
  yield* Effect.addFinalizer(() =>
    Effect.forEach([...nodes.values()], ({ redis }) => close(redis), { concurrency: "unbounded", discard: true })
  )
  const make = (address: string): ClusterNode => {
    const redis = new Redis({
      ...connectionOptions(options),
      host: hostOf(address),
      port: portOfAddress(address),
      ...(tls ? { tls: tlsOptions(options, hostOf(address)) } : {})
    })
    followPasswords(redis, options.password)
    const ready = firstConnection(redis, address, !written.has(address))
    const node: ClusterNode = { address, redis, primary: primaryOf(address, redis, options, gate, true), ready }
    redis.on("ready", () => listener.onReady(node))
    redis.on("close", () => listener.onClose(node))
    nodes.set(address, node)
    return node
  }
  return {
    get: (address) => nodes.get(address),
    at: (address) => nodes.get(address) ?? make(address),
    all: () => [...nodes.values()],
    drop: (node) =>
      Effect.suspend(() => {
        nodes.delete(node.address)
        return close(node.redis)
      })
  } satisfies Nodes
})
