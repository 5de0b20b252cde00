import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import * as SubscriptionRef from "effect/SubscriptionRef"
import { Log } from "../../src/log/log.ts"
import { RedisStore } from "./client.ts"

/** Says in the log when the store goes away and when it is back. */
export const layer: Layer.Layer<never, never, RedisStore | Log> = Layer.effectDiscard(
  Effect.gen(function* () {
    const { status } = yield* RedisStore
    const log = yield* Log
    yield* SubscriptionRef.changes(status).pipe(
      Stream.drop(1),
      Stream.changes,
      Stream.runForEach((now) =>
        Effect.sync(() => log.write(now === "up" ? "info" : "error", now === "up" ? "store.back" : "store.away"))
      ),
      Effect.forkScoped
    )
  })
)
