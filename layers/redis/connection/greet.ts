import type { Redis } from "ioredis"
import * as Effect from "effect/Effect"
import type { Script } from "../script.ts"

/** Which server process answers: a new one at each start. `undefined` where the server does not say. */
export type RunId = string | undefined

const runIdOf = (info: unknown): RunId => (typeof info === "string" ? /^run_id:(\w+)/m.exec(info)?.[1] : undefined)

/** The first words on a new connection: the scripts in use, and who is there. */
export const greet = (redis: Redis, scripts: ReadonlySet<Script>): Effect.Effect<RunId> =>
  Effect.tryPromise(() => {
    const pipeline = redis.pipeline()
    for (const { source } of scripts) pipeline.script("LOAD", source)
    return pipeline.info("server").exec()
  }).pipe(
    Effect.map((results) => runIdOf(results?.at(-1)?.[1])),
    Effect.orElseSucceed((): RunId => undefined)
  )

/** One that does not say who it is may be another: reading again what was read is the harmless mistake. */
export const isAnother = (before: RunId, now: RunId): boolean => before === undefined || before !== now
