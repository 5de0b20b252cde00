import { Redis } from "ioredis"
import { setTimeout as pause } from "node:timers/promises"

type Commands = ReadonlyArray<readonly [string, ...ReadonlyArray<string | number>]>

const asking = async (at: { readonly port: number; readonly password?: string }, commands: Commands) => {
  const redis = new Redis({ ...at, host: "127.0.0.1", lazyConnect: true, retryStrategy: null, commandTimeout: 2_000 })
  redis.on("error", () => undefined)
  try {
    await redis.connect()
    return await Promise.all(commands.map(([name, ...args]) => redis.call(name, ...args)))
  } finally {
    redis.disconnect()
  }
}

/** Sends commands to the server on a local port over a new connection, and returns the replies. */
export const askRedis = (port: number, ...commands: Commands): Promise<ReadonlyArray<unknown>> =>
  asking({ port }, commands)

/** Sends commands like {@link askRedis} to a server with a password. */
export const askRedisWith = (port: number, password: string, ...commands: Commands): Promise<ReadonlyArray<unknown>> =>
  asking({ port, password }, commands)

/** Repeats a check until it holds. Fails after `left` attempts, more than a starting server needs. */
export const askUntil = async (what: string, isSo: () => Promise<boolean>, left = 1_000): Promise<void> => {
  const answer = await isSo().catch((error: unknown) => String(error))
  if (answer === true) return
  if (left === 0) throw new Error(`in vain: ${what} (${answer})`)
  await pause(20)
  return askUntil(what, isSo, left - 1)
}

/** Waits until the `INFO` of the server on this port matches the pattern. */
export const infoSays = (port: number, pattern: RegExp): Promise<void> =>
  askUntil(`INFO of ${port} says ${pattern}`, async () =>
    pattern.test(String((await askRedis(port, ["INFO", "ALL"]))[0]))
  )

/** Waits until `count` replicas of the primary on this port receive its writes. Its ping each second counts as a write. */
export const replicasFollow = (port: number, count: number): Promise<void> =>
  infoSays(port, new RegExp(`(state=online,offset=[1-9][^]*){${count}}`))
