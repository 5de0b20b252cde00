import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { intentKeys } from "../../../layers/redis/intent-ledger/keys.ts"
import { askRedis, askUntil, infoSays } from "../../support/ask-redis.ts"
import { durableRedis } from "../support/scene.ts"
import { archiveAll, asBefore, asExpired, ended, ledgersAt } from "./archived.ts"

describe("I1 G23 archived intents in a store that is restarted with its append-only file", () => {
  it.live(
    "every repeat of an archived intent is answered as before the restart, and as expired after its retention",
    () =>
      Effect.gen(function* () {
        const redis = yield* durableRedis
        const open = yield* ledgersAt({ url: redis.url })
        const one = yield* open()
        const records = yield* ended(one.ledger, 400)
        yield* archiveAll(one.ledger)
        yield* Effect.promise(() => redis.restart())
        yield* asBefore(one.ledger, records)
        yield* archiveAll(one.ledger)
        yield* asBefore((yield* open()).ledger, records)
        const late = yield* open({ intents: 1 })
        yield* archiveAll(late.ledger)
        yield* Effect.promise(() => redis.restart())
        yield* asExpired(late.ledger, records)
        yield* asExpired(one.ledger, records)
        yield* asExpired((yield* open()).ledger, records)
        const keys = intentKeys(one.store.prefix, 0)
        const left = yield* Effect.promise(() => askRedis(redis.port, ["XLEN", keys.archived("sent")]))
        assert.deepStrictEqual(left, [0])
      })
  )

  it.live("every repeat of an archived intent is answered as before after the append-only file was rewritten", () =>
    Effect.gen(function* () {
      const redis = yield* durableRedis
      const open = yield* ledgersAt({ url: redis.url })
      const { ledger } = yield* open()
      const records = yield* ended(ledger, 120)
      yield* archiveAll(ledger)
      yield* Effect.promise(async () => {
        await askRedis(redis.port, ["CONFIG", "SET", "aof-use-rdb-preamble", "no"], ["BGREWRITEAOF"])
        await infoSays(
          redis.port,
          /aof_rewrites:[1-9][^]*aof_rewrite_in_progress:0|aof_rewrite_in_progress:0[^]*aof_rewrites:[1-9]/
        )
        await redis.restart()
      })
      yield* asBefore(ledger, records)
      const more = yield* ended(ledger, 120)
      yield* archiveAll(ledger)
      yield* asBefore(ledger, [...records, ...more])
    })
  )

  it.live("an intent is answered as before when the store is killed while it archives", () =>
    Effect.gen(function* () {
      const redis = yield* durableRedis
      const open = yield* ledgersAt({ url: redis.url })
      const { ledger, store } = yield* open()
      const records = yield* ended(ledger, 450)
      const keys = intentKeys(store.prefix, 0)
      const archived = async () => Number((await askRedis(redis.port, ["XLEN", keys.archived("sent")]))[0])
      for (let kill = 0; kill < 3; kill++) {
        const archiving = yield* Effect.forkChild(archiveAll(ledger), { startImmediately: true })
        yield* Effect.promise(() => askUntil("it archives", async () => (await archived()) > 0))
        yield* Effect.promise(() => redis.stop("SIGKILL"))
        yield* Fiber.interrupt(archiving)
        yield* Effect.promise(() => redis.restart())
        yield* asBefore(ledger, records)
      }
      yield* archiveAll(ledger)
      assert.strictEqual(yield* Effect.promise(archived), 300)
      yield* asBefore((yield* open()).ledger, records)
    })
  )
})
