import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { isDown, opened, type Store, until } from "./opened.ts"
import { redisServer } from "../../support/redis-server.ts"

const becomes = (store: Store, full: boolean): Effect.Effect<void> =>
  Effect.suspend(() =>
    store.isFull() === full
      ? Effect.void
      : Effect.delay(
          Effect.suspend(() => becomes(store, full)),
          "20 millis"
        )
  )

const used = Effect.fnUntraced(function* (store: Store) {
  const [info] = yield* store.commandEach("INFO", "memory")
  return Number(/^used_memory:(\d+)/m.exec(String(info?.reply))?.[1])
})

describe("memory of the store", () => {
  it.live("G6 the store counts as full above 85 % of its memory limit, until it was drained", () =>
    Effect.gen(function* () {
      const { url } = yield* redisServer()
      const store = yield* opened({ url })
      yield* becomes(store, false)
      yield* store.command("CONFIG", "SET", "maxmemory", Math.ceil((yield* used(store)) * 1.1))
      yield* becomes(store, true)
      yield* store.command("CONFIG", "SET", "maxmemory", Math.ceil((yield* used(store)) * 1.5))
      yield* becomes(store, false)
    })
  )

  it.live("G6 the store does not count as full without a limit, nor while its memory usage is unknown", () =>
    Effect.gen(function* () {
      const server = yield* redisServer(["--maxmemory", "1"])
      const store = yield* opened({ url: server.url })
      yield* becomes(store, true)
      yield* Effect.promise(() => server.stop("SIGKILL"))
      yield* until(store.status, isDown)
      yield* becomes(store, false)
      const unlimited = yield* opened({ url: (yield* redisServer()).url })
      yield* Effect.sleep("1 second")
      assert.isFalse(unlimited.isFull())
    })
  )
})
