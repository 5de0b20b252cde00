import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { layer as connect, RedisStore } from "../../../layers/redis/client.ts"
import { layer } from "../../../layers/redis/store.ts"
import { layer as storeAdmin } from "../../../layers/redis/store-admin/store-admin.ts"
import { StoreAdmin } from "../../../src/boot/store-services.ts"
import { EventId } from "../../../src/domain/ids.ts"
import { EventLog } from "../../../src/inbound/event-log/event-log.ts"
import { Replies } from "../../../src/inbound/replies/replies.ts"
import { batch, event, idOf, ownerOf, positions } from "../../contracts/event-log/subject.ts"
import { into } from "../../support/into.ts"
import { redisServer } from "../../support/redis-server.ts"

const answer = (n: number) => ({ eventId: EventId.make(idOf("evt", n)), record: `0:${n}` })
const keyOf = (what: string) => `comporta:{p0}:${what}`

const server = Layer.unwrap(Effect.map(redisServer(), ({ url }) => connect({ url })))
const process = layer({ environment: "local", partitions: 1 })
const admin = storeAdmin({ environment: "local" })

describe("replies in Redis", () => {
  it.live("G32 the store remembers a reply from its latest repetition, however old the first one is", () =>
    Effect.gen(function* () {
      const log = yield* EventLog
      const replies = yield* Replies
      const { command } = yield* RedisStore
      yield* log.admit(into(0, batch(event(1), event(2), event(3))))
      const owner = yield* ownerOf(0)
      const [first = 0, second = 0, third = 0] = yield* positions(0, "runtime")
      assert.strictEqual(yield* replies.acknowledge(owner, first, answer(1)), "written")
      const mark = answer(1).eventId.slice("evt_".length)
      yield* command("ZADD", keyOf("answered"), 1, mark)
      assert.strictEqual(yield* replies.acknowledge(owner, second, answer(1)), "answered")
      assert.strictEqual(yield* replies.acknowledge(owner, third, answer(1)), "answered")
      assert.lengthOf(yield* replies.pending(0, 0, 10), 1)
    }).pipe(Effect.provide(process.pipe(Layer.provideMerge(server))))
  )

  it.live("G32 G46 the store accepts replies after lost counters and a fence", () =>
    Effect.gen(function* () {
      const { command } = yield* RedisStore
      const before = yield* Effect.gen(function* () {
        const replies = yield* Replies
        yield* (yield* EventLog).admit(into(0, batch(event(1), event(2), event(3))))
        const owner = yield* ownerOf(0)
        const [first = 0, second = 0] = yield* positions(0, "runtime")
        yield* replies.acknowledge(owner, first, answer(1))
        yield* replies.acknowledge(owner, second, answer(2))
        return yield* replies.pending(0, 0, 10)
      }).pipe(Effect.provide(process))
      yield* command("DEL", keyOf("counters"))
      yield* Effect.provide(
        Effect.flatMap(StoreAdmin, ({ fence }) => fence),
        admin
      )
      yield* Effect.gen(function* () {
        const replies = yield* Replies
        const owner = yield* ownerOf(0)
        const [third = 0] = yield* positions(0, "runtime")
        assert.strictEqual(yield* replies.acknowledge(owner, third, answer(3)), "written")
        const after = yield* replies.pending(0, before.at(-1)?.position ?? 0, 10)
        assert.deepStrictEqual(
          after.map(({ record }) => record),
          [answer(3).record]
        )
        assert.deepStrictEqual(yield* (yield* EventLog).admit(into(0, batch(event(4)))), ["admitted"])
      }).pipe(Effect.provide(process))
    }).pipe(Effect.provide(server))
  )
})
