import type { Redis } from "ioredis"
import * as Effect from "effect/Effect"
import type { Script } from "../scripting/script.ts"

/** Names the server process: it changes with each start. `undefined` when the server does not report it. */
export type RunId = string | undefined

const runIdOf = (info: unknown): RunId => (typeof info === "string" ? /^run_id:(\w+)/m.exec(info)?.[1] : undefined)

export interface ConnectionSetup {
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
