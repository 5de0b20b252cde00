import type { Redis } from "ioredis"
import * as Effect from "effect/Effect"

/** Lets what was sent be answered, and then closes. */
export const close = (redis: Redis): Effect.Effect<void> =>
  Effect.tryPromise(() => redis.quit()).pipe(
    Effect.timeout("500 millis"),
    Effect.ignore,
    Effect.ensuring(Effect.sync(() => redis.disconnect()))
  )
