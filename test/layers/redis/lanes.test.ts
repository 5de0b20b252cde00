import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { layer as connect, RedisStore } from "../../../layers/redis/client.ts"
import { layer } from "../../../layers/redis/store.ts"
import { ConversationId, IntentId } from "../../../src/domain/ids.ts"
import { IntentLanes } from "../../../src/outbound/queue/intent-lanes.ts"
import { ownerOf } from "../../contracts/event-log/subject.ts"
import { redisServer } from "../../support/redis-server.ts"

const lane = ConversationId.make(`cnv_${"0".repeat(32)}`)
const intentOf = (number: number) => IntentId.make(`int_${number.toString(16).padStart(32, "0")}`)

const store = Layer.unwrap(
  Effect.map(redisServer(), ({ url }) =>
    layer({ environment: "local", partitions: 1 }).pipe(Layer.provideMerge(connect({ url })))
  )
)

describe("intent lanes in Redis", () => {
  it.live("I8 a lane keeps the order of entry when the counters of its partition are lost", () =>
    Effect.gen(function* () {
      const lanes = yield* IntentLanes
      const { command } = yield* RedisStore
      for (const number of [5, 3]) yield* lanes.enqueue(0, [{ lane, intentId: intentOf(number) }])
      yield* command("DEL", "comporta:{p0}:counters")
      for (const number of [9, 1]) yield* lanes.enqueue(0, [{ lane, intentId: intentOf(number) }])
      const owner = yield* ownerOf(0)
      const order: Array<IntentId> = []
      for (let done: IntentId | undefined; ;) {
        const answer = yield* lanes.advance(owner, lane, done)
        if (answer === "stale" || answer.first === undefined) break
        order.push(answer.first)
        done = answer.first
      }
      assert.deepStrictEqual(order, [5, 3, 9, 1].map(intentOf))
    }).pipe(Effect.provide(store))
  )
})
