import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { RedisStore } from "../../../layers/redis/client.ts"
import { keysOf } from "../../../layers/redis/keys.ts"
import { asTexts } from "../../../layers/redis/reply.ts"
import { layer } from "../../../layers/redis/store.ts"
import { eventLogContract } from "../../contracts/event-log.ts"
import { partitionsContract } from "../../contracts/partitions.ts"
import { repliesContract } from "../../contracts/replies.ts"
import type { StoreUnderTest } from "../../contracts/store.ts"
import { freshStore } from "../../support/fresh-store.ts"
import { ageMarks } from "./age-marks.ts"

const inBoth = <E, R>(act: (partition: number) => Effect.Effect<unknown, E, R>) =>
  Effect.forEach([0, 1], act, { discard: true })

const redis: StoreUnderTest<RedisStore> = {
  layer: (retention = {}) =>
    layer({ environment: "local", partitions: 2, retention }).pipe(Layer.provideMerge(freshStore())),
  passGenerations: (count) => inBoth((partition) => ageMarks(partition, count)),
  passLease: (millis) =>
    inBoth((partition) =>
      RedisStore.use((store) => store.command("HINCRBY", keysOf(store.prefix, partition).of("lease"), "until", -millis))
    )
}

/** Each replica is a field with two times: since when it is there, and until when it counts. */
const passPresence = (millis: number) =>
  Effect.gen(function* () {
    const store = yield* RedisStore
    const key = keysOf(store.prefix, 0).of("replicas")
    const fields = yield* Effect.flatMap(store.command("HGETALL", key), asTexts("HGETALL"))
    for (let at = 0; at + 1 < fields.length; at += 2) {
      const [since, until] = (fields[at + 1] ?? "").split(" ").map(Number)
      yield* store.command("HSET", key, fields[at] ?? "", `${(since ?? 0) - millis} ${(until ?? 0) - millis}`)
    }
  })

eventLogContract("Redis", redis)
partitionsContract("Redis", { ...redis, passPresence })
repliesContract("Redis", redis)
