import { type ChildProcess, spawn } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { connect } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as pause } from "node:timers/promises"
import * as Effect from "effect/Effect"
import type { Certificate } from "./certificates.ts"
import { freePort } from "./free-port.ts"
import { tlsArgs } from "./tls-args.ts"

/** A separate `redis-server` or `valkey-server` in a directory of its own. */
export interface RedisServer {
  /** The URL; `rediss://` when the server has a certificate. */
  readonly url: string
  /** The port without TLS. */
  readonly port: number
  readonly tlsPort?: number
  readonly pid: () => number | undefined
  /** Ends the process with a signal, SIGTERM by default. The directory keeps the written data. */
  readonly stop: (signal?: NodeJS.Signals) => Promise<void>
  /** Starts the server again on the same port and directory. */
  readonly restart: () => Promise<void>
  /** Sends SIGSTOP; `thaw` sends SIGCONT. The server stops responding without closing a connection. */
  readonly freeze: () => void
  readonly thaw: () => void
  readonly dispose: () => Promise<void>
}

const answers = (port: number) =>
  new Promise<boolean>((resolve) => {
    const socket = connect(port, "127.0.0.1", () => socket.write("PING\r\n"))
    socket.once("data", (data) => {
      socket.destroy()
      resolve(/^(\+PONG|-NOAUTH)/.test(data.toString()))
    })
    socket.once("error", () => resolve(false))
    socket.once("close", () => resolve(false))
  })

const exited = (child: ChildProcess) =>
  new Promise<void>((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) resolve()
    else child.once("exit", () => resolve())
  })

const ready = async (child: ChildProcess, port: number, left = 500): Promise<boolean> => {
  if (child.exitCode !== null || child.pid === undefined) return false
  if (await answers(port)) return true
  if (left === 0) return false
  await pause(10)
  return ready(child, port, left - 1)
}

const launch = (binary: string, directory: string, port: number, args: ReadonlyArray<string>) => {
  const base = ["--port", String(port), "--bind", "127.0.0.1", "--dir", directory, "--save", "", "--daemonize", "no"]
  const child = spawn(binary, [...base, "--maxmemory-policy", "noeviction", ...args], { stdio: "ignore" })
  child.on("error", () => undefined)
  return child
}

const tryStart = async (directory: string, own: ReadonlyArray<string>, certificate?: Certificate) => {
  for (let attempt = 0; attempt < 5; attempt++) {
    const port = await freePort()
    const tlsPort = certificate === undefined ? undefined : await freePort()
    const secure = certificate === undefined || tlsPort === undefined ? [] : tlsArgs(certificate, tlsPort)
    const args = [...own, ...secure]
    for (const binary of ["redis-server", "valkey-server"]) {
      const child = launch(binary, directory, port, args)
      if (await ready(child, port)) return { child, port, tlsPort, binary, args }
      child.kill("SIGKILL")
    }
  }
  rmSync(directory, { recursive: true, force: true })
  throw new Error("neither redis-server nor valkey-server starts; is one on the PATH?")
}

/** Ends the running servers when this process exits. */
const atExit = new Set<() => void>()
process.once("exit", () => atExit.forEach((end) => end()))

/** Starts a server; the caller disposes of it. `own` are arguments of the server, such as `--appendonly yes`. */
export const startRedis = async (own: ReadonlyArray<string> = [], certificate?: Certificate): Promise<RedisServer> => {
  const directory = mkdtempSync(join(tmpdir(), "comporta-redis-"))
  const started = await tryStart(directory, own, certificate)
  const { args, binary, port, tlsPort } = started
  let child = started.child
  const end = () => child.kill("SIGKILL")
  atExit.add(end)
  const stop = async (signal: NodeJS.Signals = "SIGTERM") => {
    child.kill(signal)
    await exited(child)
  }
  return {
    url: tlsPort === undefined ? `redis://127.0.0.1:${port}` : `rediss://127.0.0.1:${tlsPort}`,
    port,
    ...(tlsPort === undefined ? {} : { tlsPort }),
    pid: () => child.pid,
    stop,
    restart: async () => {
      await stop("SIGKILL")
      child = launch(binary, directory, port, args)
      if (!(await ready(child, port))) throw new Error(`${binary} does not start again on port ${port}`)
    },
    freeze: () => child.kill("SIGSTOP"),
    thaw: () => child.kill("SIGCONT"),
    dispose: async () => {
      await stop("SIGKILL")
      atExit.delete(end)
      rmSync(directory, { recursive: true, force: true })
    }
  }
}

/** Starts a server for one scope. */
export const redisServer = (args: ReadonlyArray<string> = [], certificate?: Certificate) =>
  Effect.acquireRelease(
    Effect.promise(() => startRedis(args, certificate)),
    (server) => Effect.promise(() => server.dispose())
  )
