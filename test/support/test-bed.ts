import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import { secrets } from "./client.ts"
import { installation, type Options, type Program } from "./program.ts"
import { provider } from "./provider.ts"
import { receiver } from "./receiver.ts"
import { redisServer } from "./redis-server.ts"

const durable = ["--appendonly", "yes", "--appendfsync", "always"]

/** Starts the surroundings of a gateway process: a store that survives the process, a provider and a runtime. */
export const testBedOf = Effect.fnUntraced(function* (
  options: Options = {},
  messageId?: Parameters<typeof provider>[0]
) {
  const redis = yield* redisServer(durable)
  const graph = yield* provider(messageId)
  const runtime = yield* receiver(options.secrets?.["runtime/signing"] ?? secrets["runtime/signing"])
  const installed = yield* installation({ redisUrl: redis.url, provider: graph.url, runtime: runtime.url, ...options })
  return { redis, graph, runtime, installed }
})

export const testBed = testBedOf()

/** Repeats a query every 50 ms until its result is right, for state that gives no signal when it changes. */
export const becomes = <A, E>(effect: Effect.Effect<A, E>, right: (answer: A) => boolean) =>
  Effect.repeat(effect, { schedule: Schedule.spaced("50 millis"), until: right })

/** Kills the process with SIGKILL and waits until it has ended. */
export const kill = (program: Program) =>
  Effect.andThen(
    Effect.sync(() => program.signal("SIGKILL")),
    program.ended
  )
