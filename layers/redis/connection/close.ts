import type { Redis } from "ioredis"
import * as Effect from "effect/Effect"

/** Closes a connection after the server has replied to what was sent, or after 500 ms. */
export const close = (redis: Redis): Effect.Effect<void> =>
  Effect.tryPromise(() => redis.quit()).pipe(
    Effect.timeout("500 millis"),
    Effect.ignore,
    Effect.ensuring(Effect.sync(() => redis.disconnect()))
  )
