import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { layer as connect, RedisStore } from "../../../layers/redis/client.ts"
import { layer } from "../../../layers/redis/store.ts"
import { makePoll } from "../../../layers/redis/watch/poll.ts"
import { Deployment } from "../../../src/deployment/deployment.ts"
import { redisServer } from "../../support/redis-server.ts"

/** More than one poll covers, so that a process reads half of them in each of its turns. */
const partitions = 256

const store = Layer.unwrap(
  Effect.map(redisServer(), ({ url }) =>
    layer({ environment: "local", partitions }).pipe(Layer.provideMerge(connect({ url })))
  )
)

describe("G47 concurrent polls", () => {
  it.live("concurrent polls of several processes report no partition as set back", () =>
    Effect.gen(function* () {
      const connected = yield* RedisStore
      const deployment = yield* Deployment
      const one = makePoll(connected, deployment)
      const other = makePoll(connected, deployment)
      const behind = (poll: typeof one) =>
        Effect.map(
          poll(() => false),
          ({ facts: { partitions: all } }) => all.filter(({ epoch, remembered }) => epoch < remembered)
        )
      const turns = [one, other, one, other, other, one, one, other, other, one, one, one, other, other, other]
      for (const poll of turns) assert.deepStrictEqual(yield* behind(poll), [])
      yield* connected.command("HINCRBY", "comporta:{p128}:epoch", "epoch", -3)
      const found = [...(yield* behind(one)), ...(yield* behind(one))]
      assert.sameMembers([...new Set(found.map(({ partition }) => partition))], [128])
    }).pipe(Effect.provide(store))
  )
})
