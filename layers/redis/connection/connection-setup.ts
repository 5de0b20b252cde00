import type { Redis } from "ioredis"
import * as Effect from "effect/Effect"
import type { Script } from "../scripting/script.ts"

/** Which server process answers: a new one at each start. `undefined` where the server does not say. */
export type RunId = string | undefined

const runIdOf = (info: unknown): RunId => (typeof info === "string" ? /^run_id:(\w+)/m.exec(info)?.[1] : undefined)

export interface Greeting {
  readonly runId: RunId
  /** False only where the server says that it is a replica. */
  readonly isPrimary: boolean
}

/** Begins a new connection: loads the scripts in use, and reads which server process answers and its role. */
export const setUpConnection = (redis: Redis, scripts: ReadonlySet<Script>): Effect.Effect<Greeting> =>
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

/** One that does not say who it is may be another: reading again what was read is the harmless mistake. */
export const isAnother = (before: RunId, now: RunId): boolean => before === undefined || before !== now
