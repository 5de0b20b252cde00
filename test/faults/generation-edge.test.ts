import { assert, describe, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Random from "effect/Random"
import * as RedisClient from "../../layers/redis/client.ts"
import * as RedisStore from "../../layers/redis/store.ts"
import { EventLog, type NewEntry } from "../../src/inbound/event-log/event-log.ts"
import { durableRedis } from "./support/scene.ts"
import { into } from "../support/into.ts"

const year = 365 * 86_400_000

/** A width of about a year, one of whose edges comes at about this time. */
const widthWithEdgeAt = (time: number) => Math.floor(time / Math.floor(time / year))
const edgeBefore = (time: number, width: number) => Math.floor(time / width) * width

const event = (n: number): NewEntry => ({
  key: `evt_${n.toString(16).padStart(32, "0")}`,
  sort: "event",
  consumers: ["runtime"],
  record: `1:{"n":${n}}`
})
const events = Array.from({ length: 3_000 }, (_, n) => event(n))
const batchSize = 60

describe("G10 I3 edge of a generation", () => {
  it.live("an event repeated across the edge of a generation is admitted once by three replicas", () =>
    Effect.gen(function* () {
      const { url } = yield* durableRedis
      const soon = (yield* Clock.currentTimeMillis) + 2_500
      const marks = widthWithEdgeAt(soon)
      const edge = edgeBefore(soon, marks)
      const options = { environment: "local", partitions: 1, retention: { marks } } as const
      const replica = Effect.map(
        Layer.build(Layer.fresh(Layer.provide(RedisStore.layer(options), RedisClient.layer({ url })))),
        (services) => Context.get(services, EventLog)
      )
      const replicas = [yield* replica, yield* replica, yield* replica]
      /** On which sides of the edge each was admitted. */
      const admitted = new Map<string, ReadonlyArray<"before" | "after">>()
      let received = 0
      let nonces = 0

      const admit = Effect.fnUntraced(function* (log: EventLog["Service"], entries: ReadonlyArray<NewEntry>) {
        const answers = yield* log.admit(into(0, { nonce: `${++nonces}`, entries }))
        received += entries.length
        const side = (yield* Clock.currentTimeMillis) < edge ? "before" : "after"
        for (const [at, { key }] of entries.entries()) {
          if (answers[at] === "admitted") admitted.set(key, [...(admitted.get(key) ?? []), side])
        }
      })
      const worker = (log: EventLog["Service"]) =>
        Effect.gen(function* () {
          for (let known = batchSize; (yield* Clock.currentTimeMillis) < edge + 1_500; known += 20) {
            const shuffled = yield* Random.shuffle(events.slice(0, known))
            yield* admit(log, shuffled.slice(0, batchSize))
          }
          for (let from = 0; from < events.length; from += batchSize) {
            yield* admit(log, events.slice(from, from + batchSize))
          }
        })
      yield* Effect.forEach(replicas, worker, { concurrency: "unbounded", discard: true })

      const sides = [...admitted.values()]
      assert.lengthOf(sides, events.length)
      assert.deepStrictEqual(
        sides.filter(({ length }) => length !== 1),
        []
      )
      assert.isAbove(sides.filter(([side]) => side === "before").length, batchSize)
      for (const log of replicas) {
        const deduped = received - events.length
        assert.deepInclude(yield* log.counts, { received, admitted: events.length, deduped })
      }
    })
  )
})
