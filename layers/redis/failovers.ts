import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import * as SubscriptionRef from "effect/SubscriptionRef"
import { Failovers, type RecentRecords } from "../../src/inbound/event-log/failovers.ts"
import { Deployment } from "../../src/deployment/deployment.ts"
import { RedisStore } from "./client.ts"
import { callsOf } from "./event-log/calls.ts"
import { readRecentScript } from "./event-log/scripts/read-log.ts"
import { asTexts } from "./scripting/reply.ts"

export const layer: Layer.Layer<Failovers, never, RedisStore | Deployment> = Layer.effect(
  Failovers,
  Effect.gen(function* () {
    const store = yield* RedisStore
    const { run } = callsOf(store, yield* Deployment)
    return Failovers.of({
      count: SubscriptionRef.get(store.failovers),
      beyond: (count) =>
        SubscriptionRef.changes(store.failovers).pipe(
          Stream.filter((now) => now > count),
          Stream.take(1),
          Stream.runDrain
        ),
      recent: (partition, millis, after, limit) =>
        run(readRecentScript, partition, ["log"], [millis, after ?? "", limit]).pipe(
          Effect.flatMap(asTexts(readRecentScript.name)),
          Effect.map((fields): RecentRecords => {
            const records = fields.filter((_, at) => at % 2 === 1)
            const last = fields.at(-2)
            return last === undefined || records.length < limit ? { records } : { records, next: last }
          })
        )
    })
  })
)
