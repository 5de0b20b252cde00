import { type ChildProcess, spawn } from "node:child_process"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import { askRedis, askUntil, infoSays, replicasFollow } from "./ask-redis.ts"
import type { Certificate } from "./certificates.ts"
import { freePort } from "./free-port.ts"
import { type RedisServer, startRedis } from "./redis-server.ts"
import { tlsArgs } from "./tls-args.ts"

/** A local primary with two replicas and three Sentinels. */
export interface RedisSentinel {
  readonly name: string
  /** `host:port` of each Sentinel. */
  readonly nodes: ReadonlyArray<string>
  /** The primary at the start, and the replicas. */
  readonly primary: RedisServer
  readonly replicas: ReadonlyArray<RedisServer>
  /** Returns the port of the primary on which all Sentinels agree; with TLS the TLS port. */
  readonly primaryPort: () => Promise<number | undefined>
  readonly dispose: () => Promise<void>
}

const name = "main"

const sentinelFile = (directory: string, port: number, primary: number) => `
port ${port}
bind 127.0.0.1
dir ${directory}
sentinel monitor ${name} 127.0.0.1 ${primary} 2
sentinel down-after-milliseconds ${name} 1500
sentinel failover-timeout ${name} 10000
sentinel parallel-syncs ${name} 2
`

interface Watcher {
  readonly port: number
  /** The port on which clients and the other servers reach it. */
  readonly reached: number
  readonly dispose: () => Promise<void>
}

const exited = (child: ChildProcess) =>
  new Promise<void>((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) resolve()
    else child.once("exit", () => resolve())
  })

const startSentinel = async (primary: number, certificate?: Certificate): Promise<Watcher> => {
  const directory = mkdtempSync(join(tmpdir(), "comporta-sentinel-"))
  const port = await freePort()
  const file = join(directory, "sentinel.conf")
  writeFileSync(file, sentinelFile(directory, port, primary))
  const tlsPort = await freePort()
  const secure = certificate === undefined ? [] : [...tlsArgs(certificate, tlsPort), "--tls-replication", "yes"]
  const child = spawn("redis-server", [file, "--sentinel", ...secure], { stdio: "ignore" })
  child.on("error", () => undefined)
  const atExit = () => child.kill("SIGKILL")
  process.once("exit", atExit)
  return {
    port,
    reached: certificate === undefined ? port : tlsPort,
    dispose: async () => {
      child.kill("SIGKILL")
      await exited(child)
      process.removeListener("exit", atExit)
      rmSync(directory, { recursive: true, force: true })
    }
  }
}

const knowsAll = async ({ port }: Watcher) => {
  const [known] = await askRedis(port, ["SENTINEL", "MASTER", name])
  const fields: ReadonlyArray<unknown> = Array.isArray(known) ? known : []
  const field = (key: string) => fields[fields.indexOf(key) + 1]
  return field("flags") === "master" && field("num-slaves") === "2" && field("num-other-sentinels") === "2"
}

/** Starts Sentinels and resolves when they watch the primary. The caller disposes of it. With a certificate, all use TLS. */
export const startRedisSentinel = async (certificate?: Certificate): Promise<RedisSentinel> => {
  const made: Array<{ readonly dispose: () => Promise<void> }> = []
  const dispose = async () => void (await Promise.all(made.map((one) => one.dispose())))
  const keep = async <A extends { readonly dispose: () => Promise<void> }>(starting: Promise<A>): Promise<A> => {
    const one = await starting
    made.push(one)
    return one
  }
  try {
    const quick = ["--repl-diskless-sync-delay", "0", "--repl-ping-replica-period", "1"]
    const args = certificate === undefined ? quick : [...quick, "--tls-replication", "yes"]
    const primary = await keep(startRedis(args, certificate))
    const port = primary.tlsPort ?? primary.port
    const startReplica = () => keep(startRedis([...args, "--replicaof", `127.0.0.1 ${port}`], certificate))
    const replicas = await Promise.all([startReplica(), startReplica()])
    await Promise.all(replicas.map(({ port }) => infoSays(port, /master_link_status:up/)))
    await replicasFollow(primary.port, 2)
    const watchers = await Promise.all([1, 2, 3].map(() => keep(startSentinel(port, certificate))))
    for (const watcher of watchers) await askUntil(`${watcher.port} knows all`, () => knowsAll(watcher))
    return {
      name,
      nodes: watchers.map(({ reached }) => `127.0.0.1:${reached}`),
      primary,
      replicas,
      primaryPort: async () => {
        const named = await Promise.all(
          watchers.map(({ port }) => askRedis(port, ["SENTINEL", "GET-MASTER-ADDR-BY-NAME", name]))
        )
        const ports = new Set(named.map(([address]) => (Array.isArray(address) ? Number(address[1]) : undefined)))
        const [first] = ports
        return ports.size === 1 ? first : undefined
      },
      dispose
    }
  } catch (error) {
    await dispose()
    throw error
  }
}

/** Starts Sentinels and their servers for one scope; all use TLS when a certificate is given. */
export const secureSentinel = (certificate?: Certificate) =>
  Effect.acquireRelease(
    Effect.promise(() => startRedisSentinel(certificate)),
    (sentinel) => Effect.promise(() => sentinel.dispose())
  )

/** Starts Sentinels and their servers for one scope, without TLS. */
export const redisSentinel = secureSentinel()
