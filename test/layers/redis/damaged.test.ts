import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import { layer as connect, RedisStore } from "../../../layers/redis/client.ts"
import { layer } from "../../../layers/redis/store.ts"
import { EventLog } from "../../../src/inbound/event-log/event-log.ts"
import { batch, event, ownerOf, positions, quarantined } from "../../contracts/event-log/subject.ts"
import { into } from "../../support/into.ts"
import { redisServer } from "../../support/redis-server.ts"

const store = Layer.unwrap(
  Effect.map(redisServer(), ({ url }) =>
    layer({ environment: "local", partitions: 4 }).pipe(Layer.provideMerge(connect({ url })))
  )
)

describe("partition with damaged keys", () => {
  it.live("G31 a damaged partition does not prevent acknowledgements of others in the same batch", () =>
    Effect.gen(function* () {
      const log = yield* EventLog
      const { command } = yield* RedisStore
      assert.strictEqual(log.shardOf(0), log.shardOf(2))
      yield* log.admit(into(0, batch(event(1))))
      yield* log.admit(into(2, batch(event(2))))
      const done = [
        { owner: yield* ownerOf(0), position: (yield* positions(0, "runtime"))[0] ?? 0 },
        { owner: yield* ownerOf(2), position: (yield* positions(2, "runtime"))[0] ?? 0 }
      ]
      yield* command("SET", "comporta:{p0}:todo:runtime", "not a set")
      const [damaged, sound] = yield* Effect.forEach(
        done,
        ({ owner, position }) => Effect.exit(log.acknowledge(owner, "runtime", position)),
        { concurrency: "unbounded" }
      )
      assert.isTrue(damaged !== undefined && Exit.isFailure(damaged))
      assert.deepStrictEqual(sound, Exit.succeed("written"))
    }).pipe(Effect.provide(store))
  )

  const uses = {
    log: event(1, []),
    "todo:runtime": event(1, ["runtime"]),
    "todo:ledger": event(1, ["ledger"]),
    quarantine: quarantined(1),
    "quarantine:items": quarantined(1)
  }
  for (const [damaged, entry] of Object.entries(uses)) {
    it.live(`G5 G28 a damaged ${damaged} of one partition rejects the whole batch before any write`, () =>
      Effect.gen(function* () {
        const log = yield* EventLog
        const { command } = yield* RedisStore
        const all = [0, 1, 2]
        const part = (partition: number) => ({ partition, entries: [partition === 1 ? entry : event(partition)] })
        yield* command("SET", `comporta:{p1}:${damaged}`, "another's")
        assert.isTrue(Exit.isFailure(yield* Effect.exit(log.admit({ nonce: "first", parts: all.map(part) }))))
        for (const sound of [0, 2]) {
          assert.deepStrictEqual(yield* log.admit({ nonce: `alone-${sound}`, parts: [part(sound)] }), ["admitted"])
        }
        assert.deepInclude(yield* log.counts, { received: 2, admitted: 2, deduped: 0 })
      }).pipe(Effect.provide(store))
    )
  }
})
