import type { Redis } from "ioredis"
import * as Effect from "effect/Effect"
import * as Queue from "effect/Queue"
import * as Stream from "effect/Stream"
import * as SubscriptionRef from "effect/SubscriptionRef"
import type { Script } from "../scripting/script.ts"
import { close } from "./close.ts"
import { unconnected } from "./connect-error.ts"
import type { Connection, Status } from "./connection.ts"
import type { ConnectionGate } from "./gate.ts"
import { setUpConnection, isAnother, type RunId } from "./connection-setup.ts"
import type { Common } from "./options.ts"
import { final, primaryOf } from "./primary.ts"
import { lastErrorOf } from "./last-error.ts"

/**
 * Follows the connection: loads the scripts in use on each new connection, and compares the server with the one before.
 * A server that reports itself as a replica is not `up`, because it accepts no write.
 */
const follow = Effect.fnUntraced(function* (redis: Redis, events: Queue.Queue<Status>, scripts: ReadonlySet<Script>) {
  const status = yield* SubscriptionRef.make<Status>("up")
  const failovers = yield* SubscriptionRef.make(0)
  let last: { readonly runId: RunId } | undefined
  const setUp = Effect.gen(function* () {
    const { runId, isPrimary } = yield* setUpConnection(redis, scripts)
    if (last !== undefined && isAnother(last.runId, runId))
      yield* SubscriptionRef.update(failovers, (count) => count + 1)
    last = { runId }
    return isPrimary
  })
  yield* Stream.fromQueue(events).pipe(
    Stream.runForEach((next) =>
      Effect.gen(function* () {
        const now = next === "up" && (yield* setUp) ? "up" : "down"
        if (SubscriptionRef.getUnsafe(status) !== now) yield* SubscriptionRef.set(status, now)
      })
    ),
    Effect.forkScoped
  )
  return { status, failovers }
})

/**
 * Connects to one primary at a time, at the address that the client library finds. Fails at once if the first
 * connection fails.
 */
export const connectOne = Effect.fnUntraced(function* (
  make: () => Redis,
  name: string,
  options: Common,
  scripts: ReadonlySet<Script>,
  gate: ConnectionGate
) {
  const redis = yield* Effect.acquireRelease(Effect.sync(make), close)
  const events = yield* Queue.unbounded<Status>()
  const lastError = lastErrorOf(redis)
  redis.on("ready", () => Queue.offerUnsafe(events, "up"))
  redis.on("close", () => Queue.offerUnsafe(events, "down"))
  yield* Effect.tryPromise({
    try: () => redis.connect(),
    catch: (error) => unconnected(name, lastError() ?? error)
  })
  const { status, failovers } = yield* follow(redis, events, scripts)
  const primary = primaryOf(name, redis, options, gate)
  return {
    run: (call) => final(call.script.name, primary.run(call)),
    command: (command, args) => final(command, primary.command(command, args)),
    primaries: () => [primary],
    ownerOf: () => primary,
    status,
    failovers
  } satisfies Connection
})
