import * as Effect from "effect/Effect"
import { askRedis, askUntil, infoSays, replicasFollow } from "./ask-redis.ts"
import type { Certificate } from "./certificates.ts"
import { freePort } from "./free-port.ts"
import { type RedisServer, startRedis } from "./redis-server.ts"

const slotCount = 16_384
const ranges = [
  [0, 5_460],
  [5_461, 10_922],
  [10_923, slotCount - 1]
] as const

interface Node extends RedisServer {
  readonly id: string
  readonly bus: number
}

/** Three local primaries, each with its share of the slots, and optional replicas of each. */
export interface RedisCluster {
  /** Seed URLs; a client finds the other nodes from any of them. */
  readonly urls: ReadonlyArray<string>
  /** The primaries in the order of their slots: up to 5460, up to 10922, the others. */
  readonly primaries: ReadonlyArray<Node>
  /** The replicas at the start: `replicas[n]` belong to `primaries[n]`. */
  readonly replicas: ReadonlyArray<ReadonlyArray<Node>>
  /** Returns the primary of a slot in the view of `witness`. */
  readonly ownerOf: (slot: number, witness: RedisServer) => Promise<number>
  readonly dispose: () => Promise<void>
}

/** Options of nodes that use TLS with clients and with each other. `named`: they announce host names in place of addresses. */
export interface Secure {
  readonly certificate: Certificate
  readonly named?: string
}

const secureArgs = ({ named }: Secure) => {
  const tls = ["--tls-cluster", "yes", "--tls-replication", "yes"]
  if (named === undefined) return tls
  return [...tls, "--cluster-announce-hostname", named, "--cluster-preferred-endpoint-type", "hostname"]
}

const startNode = async (secure?: Secure): Promise<Node> => {
  const bus = await freePort()
  const port = ["--cluster-port", String(bus)]
  const quick = ["--repl-diskless-sync-delay", "0", "--repl-ping-replica-period", "1"]
  const failover = ["--cluster-node-timeout", "1000", "--cluster-replica-validity-factor", "0"]
  const tls = secure === undefined ? [] : secureArgs(secure)
  const args = ["--cluster-enabled", "yes", ...port, ...quick, ...failover, ...tls]
  const server = await startRedis(args, secure?.certificate)
  const [id] = await askRedis(server.port, ["CLUSTER", "MYID"])
  return { ...server, id: String(id), bus }
}

const settled = async (nodes: ReadonlyArray<Node>) => {
  for (const { port } of nodes) {
    await askUntil(`${port} knows the whole cluster`, async () => {
      const [info, known] = await askRedis(port, ["CLUSTER", "INFO"], ["CLUSTER", "NODES"])
      const there = String(known).trim().split("\n")
      return (
        /cluster_state:ok/.test(String(info)) &&
        there.length === nodes.length &&
        there.every((line) => / connected\b/.test(line) && !/handshake|fail/.test(line))
      )
    })
  }
}

const follow = async (replica: Node, primary: Node) => {
  await askUntil(`${replica.port} has heard of ${primary.port}`, async () => {
    const [reply] = await askRedis(replica.port, ["CLUSTER", "REPLICATE", primary.id])
    return reply === "OK"
  })
  await infoSays(replica.port, /master_link_status:up/)
}

const form = async (primaries: ReadonlyArray<Node>, replicas: ReadonlyArray<ReadonlyArray<Node>>) => {
  const all = [...primaries, ...replicas.flat()]
  const [first] = all
  await Promise.all(
    primaries.map(({ port }, at) =>
      askRedis(port, ["CLUSTER", "SET-CONFIG-EPOCH", at + 1], ["CLUSTER", "ADDSLOTSRANGE", ...(ranges[at] ?? [])])
    )
  )
  for (const { port, tlsPort = port, bus } of all.slice(1)) {
    await askRedis(first?.port ?? 0, ["CLUSTER", "MEET", "127.0.0.1", tlsPort, bus])
  }
  await settled(all)
  await Promise.all(primaries.flatMap((primary, at) => (replicas[at] ?? []).map((replica) => follow(replica, primary))))
  await Promise.all(primaries.map(({ port }, at) => replicasFollow(port, replicas[at]?.length ?? 0)))
  await askUntil("everyone knows the replicas", async () => {
    const known = await Promise.all(all.map(({ port }) => askRedis(port, ["CLUSTER", "NODES"])))
    return known.every(([text]) => (String(text).match(/slave/g) ?? []).length === replicas.flat().length)
  })
}

/** Starts a cluster and resolves when it serves. The caller disposes of it. */
export const startRedisCluster = async (replicasOfEach = 0, secure?: Secure): Promise<RedisCluster> => {
  const started = await Promise.allSettled(Array.from({ length: 3 * (1 + replicasOfEach) }, () => startNode(secure)))
  const nodes = started.filter((one) => one.status === "fulfilled").map(({ value }) => value)
  const dispose = async () => void (await Promise.all(nodes.map((node) => node.dispose())))
  try {
    const failed = started.find((one) => one.status === "rejected")
    if (failed !== undefined) throw failed.reason
    const primaries = nodes.slice(0, 3)
    const replicas = primaries.map((_, at) => nodes.slice(3 + at * replicasOfEach, 3 + (at + 1) * replicasOfEach))
    await form(primaries, replicas)
    return {
      urls: primaries.map(({ url }) => url),
      primaries,
      replicas,
      ownerOf: async (slot, witness) => {
        const [known] = await askRedis(witness.port, ["CLUSTER", "SLOTS"])
        const range = (Array.isArray(known) ? known : []).find(([from, to]) => from <= slot && slot <= to)
        return Number(range?.[2]?.[1])
      },
      dispose
    }
  } catch (error) {
    await dispose()
    throw error
  }
}

/** Starts a cluster for one scope. */
export const redisCluster = (replicasOfEach = 0, secure?: Secure) =>
  Effect.acquireRelease(
    Effect.promise(() => startRedisCluster(replicasOfEach, secure)),
    (cluster) => Effect.promise(() => cluster.dispose())
  )
