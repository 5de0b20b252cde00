import * as Effect from "effect/Effect"
import type { Redis } from "ioredis"
import type { Script } from "../scripting/script.ts"

/** Names the server process: it changes with each start. `undefined` when the server does not report it. */
export type RunId = string | undefined

const runIdOf = (info: unknown): RunId => (typeof info === "string" ? /^run_id:(\w+)/m.exec(info)?.[1] : undefined)

interface ConnectionSetup {
  readonly runId: RunId
  /** False only when the server reports itself as a replica. */
  readonly isPrimary: boolean
}

/** Sets up a new connection: loads the scripts in use, and reads the run id and the role of the server. */
export const setUpConnection = (redis: Redis, scripts: ReadonlySet<Script>): Effect.Effect<ConnectionSetup> =>
  Effect.tryPromise(() => {
    const pipeline = redis.pipeline()
    for (const { source } of scripts) pipeline.script("LOAD", source)
    return pipeline.info("server").info("replication").exec()
  }).pipe(
    Effect.map((results) => ({
      runId: runIdOf(results?.at(-2)?.[1]),
      isPrimary: !/^role:slave/m.test(String(results?.at(-1)?.[1]))
    })),
    Effect.orElseSucceed(() => ({ runId: undefined, isPrimary: true }))
  )

/**
 * Returns true when the server process may be another one. An unknown run id counts as another, because reading once
 * more does no harm.
 */
export const isAnother = (before: RunId, now: RunId): boolean => before === undefined || before !== now

const ignore = () => undefined

/**
 * Listens for the errors of a client, and returns a function that returns the last one.
 *
 * The client library handles only the first error of a socket. A second one, such as the TLS alert of a server that
 * closes, would end the process.
 */
export const lastErrorOf = (redis: Redis): (() => unknown) => {
  let last: unknown
  redis.on("error", (error) => {
    last = error
    redis.stream?.on("error", ignore)
  })
  return () => last
}

/** Closes a connection after the server has replied to what was sent, or after 500 ms. */
export const close = (redis: Redis): Effect.Effect<void> =>
  Effect.tryPromise(() => redis.quit()).pipe(
    Effect.timeout("500 millis"),
    Effect.ignore,
    Effect.ensuring(Effect.sync(() => redis.disconnect()))
  )
