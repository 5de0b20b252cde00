import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { Redis } from "ioredis"
import { freePort } from "../support/free-port.ts"
import { ended, listening, pinned, ready, spentBy, stop } from "./processes.ts"
import type { Contestant, Place } from "./servers.ts"

/** How load is made; `requests` holds signed requests of `size` bytes. */
export interface Setting {
  readonly folder: string
  readonly secrets: string
  readonly requests: string
  readonly size: number
  readonly connections: number
  readonly appendfsync: string
}

/** What one slice of load came to. */
export interface Slice {
  readonly perSecond: number
  readonly answered: number
  /** Answers that were not 200, and connections that broke. */
  readonly bad: number
  readonly p99: number
  /** Of the server's processor, a webhook. */
  readonly microseconds: number
  readonly repeated: boolean
}

interface Load {
  readonly requests: number
  readonly seconds: number
  readonly refused: number
  readonly broken: number
  readonly p99: number
  readonly repeats: number
}

const script = fileURLToPath(new URL("webhook.lua", import.meta.url))

/** wrk: as fast as the server answers, from the file's request `first` on. */
export const load = async (setting: Setting, port: number, seconds: number, first: number): Promise<Load> => {
  const options = ["--threads", "1", "--connections", String(setting.connections), "--duration", `${seconds}s`]
  const address = `http://127.0.0.1:${port}/webhooks/whatsapp`
  const place = [setting.requests, String(setting.size), String(first)]
  const command = ["wrk", ...options, "--timeout", "5s", "--script", script, address, "--", ...place]
  const { code, output } = await ended(pinned(1, command, "pipe"))
  const report = output.trim().split("\n").at(-1) ?? ""
  if (code !== 0 || !report.startsWith("{")) throw new Error(`wrk failed: ${output}`)
  const counted: Load = JSON.parse(report)
  return counted
}

/** Events in a store's streams. */
export const storedIn = async (url: string) => {
  const redis = new Redis(url)
  let stored = 0
  for await (const keys of redis.scanStream({ type: "stream", count: 10_000 })) {
    for (const key of keys) stored += await redis.xlen(key)
  }
  redis.disconnect()
  return stored
}

const store = async (folder: string, appendfsync: string, log: number) => {
  const port = await freePort()
  const durable = ["--appendonly", "yes", "--appendfsync", appendfsync, "--auto-aof-rewrite-percentage", "0"]
  const options = ["--port", String(port), "--bind", "127.0.0.1", "--dir", folder, "--save", "", ...durable]
  const child = pinned(1, ["redis-server", ...options, "--maxmemory-policy", "noeviction"], log)
  if (!(await listening(child, port))) throw new Error("redis-server does not start")
  return { child, url: `redis://127.0.0.1:${port}` }
}

/** What one server alone needs beside its load. */
export type Stage = Pick<Setting, "folder" | "secrets" | "appendfsync"> & Pick<Place, "runtime">

/** A server and its store, and their processes. */
export interface OnStage {
  readonly port: number
  readonly redisUrl: string
  readonly pid: number
  readonly storePid: number
  readonly folder: string
}

/** Starts one server alone with an empty store of its own, and ends both after `use`. */
export const onStage = async <A>(
  contestant: Contestant,
  stage: Stage,
  use: (server: OnStage) => Promise<A>
): Promise<A> => {
  const folder = mkdtempSync(join(stage.folder, "round-"))
  const logFile = join(folder, "server.log")
  const log = openSync(logFile, "w")
  const redis = await store(folder, stage.appendfsync, log)
  const port = await freePort()
  const { runtime, secrets } = stage
  const place: Place = { port, folder, secrets, redisUrl: redis.url, ...(runtime === undefined ? {} : { runtime }) }
  const server = pinned(0, contestant.command(place), log)
  try {
    if (!(await ready(server, port))) throw new Error(`${contestant.name} does not start: ${readFileSync(logFile)}`)
    return await use({ port, redisUrl: redis.url, pid: server.pid ?? 0, storePid: redis.child.pid ?? 0, folder })
  } finally {
    await stop(server)
    await stop(redis.child)
    closeSync(log)
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Load from the file's request `first` on, and what it cost. */
export const slice = async (
  { port, pid }: OnStage,
  setting: Setting,
  seconds: number,
  first: number
): Promise<Slice> => {
  const before = spentBy(pid)
  const loaded = await load(setting, port, seconds, first)
  const answered = loaded.requests - loaded.refused
  return {
    answered,
    bad: loaded.refused + loaded.broken,
    microseconds: ((spentBy(pid) - before) * 1_000) / loaded.requests,
    p99: loaded.p99,
    perSecond: answered / loaded.seconds,
    repeated: loaded.repeats > 0
  }
}
