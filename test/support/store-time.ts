import * as Effect from "effect/Effect"
import { RedisStore } from "../../layers/redis/client.ts"
import { asTexts } from "../../layers/redis/scripting/reply.ts"

const storeTime = Effect.gen(function* () {
  const store = yield* RedisStore
  const [seconds, micros] = yield* Effect.flatMap(store.command("TIME"), asTexts("TIME"))
  return Number(seconds) * 1000 + Number(micros) / 1000
})

/** Waits until this many milliseconds have passed on the server's clock. */
export const elapse = Effect.fnUntraced(function* (millis: number) {
  const until = (yield* storeTime) + millis
  while ((yield* storeTime) < until) yield* Effect.yieldNow
})
