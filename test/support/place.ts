import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import { secrets } from "./client.ts"
import { installation, type Options, type Program } from "./program.ts"
import { provider } from "./provider.ts"
import { receiver } from "./receiver.ts"
import { redisServer } from "./redis-server.ts"

const durable = ["--appendonly", "yes", "--appendfsync", "always"]

/** All that a gateway's process stands between, each of its own: a store that survives its end, a provider, a runtime. */
export const placeOf = Effect.fnUntraced(function* (options: Options = {}) {
  const redis = yield* redisServer(durable)
  const graph = yield* provider()
  const runtime = yield* receiver(secrets["runtime/signing"])
  const installed = yield* installation({ redisUrl: redis.url, provider: graph.url, runtime: runtime.url, ...options })
  return { redis, graph, runtime, installed }
})

export const place = placeOf()

/** Asks again until it is answered so: for what gives no sign when it changes. */
export const becomes = <A, E>(effect: Effect.Effect<A, E>, right: (answer: A) => boolean) =>
  Effect.repeat(effect, { schedule: Schedule.spaced("50 millis"), until: right })

/** Kills it as a machine would, and waits until it is gone. */
export const kill = (program: Program) =>
  Effect.andThen(
    Effect.sync(() => program.signal("SIGKILL")),
    program.ended
  )
