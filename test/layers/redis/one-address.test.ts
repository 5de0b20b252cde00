import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { layer as connect } from "../../../layers/redis/client.ts"
import { layer } from "../../../layers/redis/store.ts"
import { EventLog } from "../../../src/inbound/event-log/event-log.ts"
import { assertConserved, batch, event, ownerOf, positions } from "../../contracts/event-log/subject.ts"
import { askRedis, askUntil } from "../../support/ask-redis.ts"
import { redisServer } from "../../support/redis-server.ts"

/** All slots behind one address: a cluster of one, or a proxy that hides several. */
const sharded = Layer.unwrap(
  Effect.gen(function* () {
    const { port, url } = yield* redisServer(["--cluster-enabled", "yes"])
    yield* Effect.promise(() => askRedis(port, ["CLUSTER", "ADDSLOTSRANGE", 0, 16_383]))
    yield* Effect.promise(() =>
      askUntil("every slot is served", async () =>
        /cluster_state:ok/.test(String((await askRedis(port, ["CLUSTER", "INFO"]))[0]))
      )
    )
    return layer({ environment: "local", partitions: 4 }).pipe(Layer.provideMerge(connect({ url })))
  })
)

describe("store with one hash slot per script behind one address", () => {
  it.live("G5 the event log writes one partition at a time", () =>
    Effect.gen(function* () {
      const log = yield* EventLog
      const parts = [
        { partition: 2, entries: [event(1), event(2)] },
        { partition: 0, entries: [event(3)] }
      ]
      const sent = { nonce: batch().nonce, parts }
      assert.deepStrictEqual(yield* log.admit(sent), ["admitted", "admitted", "admitted"])
      assert.deepStrictEqual(yield* log.admit(sent), ["admitted", "admitted", "admitted"])
      const owners = [yield* ownerOf(0), yield* ownerOf(2)] as const
      const [first = 0, second = 0] = yield* positions(2, "runtime")
      const [third = 0] = yield* positions(0, "runtime")
      const written = yield* Effect.forEach(
        [
          [owners[1], first],
          [owners[0], third],
          [owners[1], second]
        ] as const,
        ([owner, position]) => log.acknowledge(owner, "runtime", position),
        { concurrency: "unbounded" }
      )
      assert.deepStrictEqual(written, ["written", "written", "written"])
      const counts = yield* assertConserved
      assert.deepInclude(counts, { received: 3, admitted: 3, delivered: 3 })
    }).pipe(Effect.provide(sharded))
  )
})
