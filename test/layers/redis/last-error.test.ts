import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { Redis } from "ioredis"
import { lastErrorOf } from "../../../layers/redis/connection/lifecycle.ts"
import { redisServer } from "../../support/redis-server.ts"

describe("connection errors", () => {
  it.live("a connection survives several errors of one socket, and reports the first", () =>
    Effect.gen(function* () {
      const { port } = yield* redisServer()
      const redis = yield* Effect.acquireRelease(
        Effect.sync(() => new Redis({ port, lazyConnect: true, retryStrategy: null })),
        (open) => Effect.sync(() => open.disconnect())
      )
      const lastError = lastErrorOf(redis)
      yield* Effect.promise(() => redis.connect())
      const first = new Error("the peer closed")
      redis.stream.emit("error", first)
      redis.stream.emit("error", new Error("an alert after that"))
      assert.strictEqual(lastError(), first)
    })
  )
})
