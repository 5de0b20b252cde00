import * as Effect from "effect/Effect"
import { askRedis, askUntil } from "../../support/ask-redis.ts"
import type { RedisServer } from "../../support/redis-server.ts"

/**
 * The primary goes on alone for a while, so that what it answers is on no replica, and dies; once another has its place it
 * comes back and follows.
 */
export const failOver = (
  primary: RedisServer,
  replicas: ReadonlyArray<RedisServer>,
  promoted: () => Promise<boolean>
) =>
  Effect.promise(async () => {
    for (const replica of replicas) replica.freeze()
    await askRedis(primary.port, ["CLIENT", "KILL", "TYPE", "replica"])
    const written = async () => {
      const [info] = await askRedis(primary.port, ["INFO", "replication"])
      return Number(/master_repl_offset:(\d+)/.exec(String(info))?.[1])
    }
    const before = await written()
    await askUntil("it has written alone", async () => (await written()) > before + 3_000)
    await primary.stop("SIGKILL")
    for (const replica of replicas) replica.thaw()
    await askUntil("another is primary", promoted)
    await primary.restart()
  })
