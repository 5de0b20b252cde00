import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { layer, RedisStore } from "../../layers/redis/client.ts"

const flat = (reply: unknown): string => (Array.isArray(reply) ? reply.map(flat).join("\n") : String(reply))

/** Returns every key of a server with its content. */
export const everythingIn = (url: string) =>
  Effect.scoped(
    Effect.gen(function* () {
      const store = Context.get(yield* Layer.build(layer({ url })), RedisStore)
      const keys = flat(yield* store.command("KEYS", "*")).split("\n")
      const readers: Readonly<Record<string, ReadonlyArray<string | number>>> = {
        hash: ["HGETALL"],
        string: ["GET"],
        set: ["SMEMBERS"],
        zset: ["ZRANGE", 0, -1],
        stream: ["XRANGE", "-", "+"]
      }
      const values = yield* Effect.forEach(keys, (key) =>
        Effect.gen(function* () {
          const [name = "TYPE", ...range] = readers[String(yield* store.command("TYPE", key))] ?? []
          return `${key}\n${flat(yield* store.command(String(name), key, ...range))}`
        })
      )
      return values.join("\n")
    })
  )
