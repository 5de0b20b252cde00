import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Redis } from "ioredis"
import { freePort } from "../support/free-port.ts"
import { listening, pinned, stop } from "./processes.ts"

const folder = mkdtempSync(join(tmpdir(), "comporta-timed-"))
process.once("exit", () => rmSync(folder, { recursive: true, force: true }))

const setEach = "for i = 1, #KEYS do redis.call('SET', KEYS[i], 1, 'NX', 'EX', 691200) end"

/** A redis-server of its own, on core 1, which says what its scripts cost. */
export const serve = async () => {
  const port = await freePort()
  const command = ["redis-server", "--port", String(port), "--bind", "127.0.0.1", "--dir", folder, "--save", ""]
  const child = pinned(1, command, "pipe")
  child.stdout?.resume()
  if (!(await listening(child, port))) throw new Error("redis-server does not start")
  const url = `redis://127.0.0.1:${port}`
  const redis = new Redis(url)
  const sha = String(await redis.script("LOAD", setEach))
  const numberIn = async (section: string, pattern: RegExp) => Number(pattern.exec(await redis.info(section))?.[1] ?? 0)
  return {
    url,
    redis,
    /** One script for so many keys. */
    set: (ids: ReadonlyArray<string>) => redis.evalsha(sha, ids.length, ...ids),
    memory: () => numberIn("memory", /^used_memory:(\d+)/m),
    /** Microseconds that the server spent in scripts. */
    spent: () => numberIn("commandstats", /^cmdstat_evalsha:calls=\d+,usec=(\d+)/m),
    stop: async () => {
      redis.disconnect()
      await stop(child)
    }
  }
}
export type Server = Awaited<ReturnType<typeof serve>>
