import { type ChainableCommander, Command, type Redis } from "ioredis"
import * as Effect from "effect/Effect"
import { refusal } from "../failure.ts"
import type { Script } from "../script.ts"
import { writtenTogether } from "./written-together.ts"

/** One run of a script. All keys share one hash slot. */
export interface Call {
  readonly script: Script
  readonly keys: ReadonlyArray<string>
  readonly args: ReadonlyArray<string | number | Buffer>
  /** The node is taking the slot over, and must be told that we know (`ASK`). */
  readonly asking?: boolean
}

/** Whether the server is given the script's digest or its source. */
export type Form = "evalsha" | "eval"

/** Fails with what the server or the client library said, or with an `InfraError`. */
export type Runs = (call: Call) => Effect.Effect<unknown, unknown>

/** As an effect. What was sent stays sent where nobody waits any more. */
export const ask = (send: () => Promise<unknown>): Effect.Effect<unknown, unknown> =>
  Effect.callback<unknown, unknown>((resume) => {
    send().then(
      (reply) => resume(Effect.succeed(reply)),
      (error) => resume(Effect.fail(error))
    )
  })

/** By digest, and by source where the server certainly did not know the digest. */
export const bySha =
  (run: (call: Call, form: Form) => Effect.Effect<unknown, unknown>): Runs =>
  (call) =>
    Effect.catchIf(
      run(call, "evalsha"),
      (error) => refusal(error) === "NOSCRIPT",
      () => run(call, "eval")
    )

/** Adds the call to a pipeline; answers how many commands that took. The last of them is the script's own. */
export const append = (pipeline: ChainableCommander, { script, keys, args, asking }: Call, form: Form): number => {
  if (asking === true) pipeline.asking()
  if (form === "eval") pipeline.eval(script.source, keys.length, ...keys, ...args)
  else pipeline.evalsha(script.sha, keys.length, ...keys, ...args)
  return asking === true ? 2 : 1
}

/** What an importing node says to one command that it was asked to take. */
export const afterAsking = async (
  redis: Redis,
  command: (pipeline: ChainableCommander) => unknown
): Promise<unknown> => {
  const pipeline = redis.pipeline().asking()
  command(pipeline)
  const [error, reply] = (await pipeline.exec())?.[1] ?? [new Error("no reply")]
  return error === null ? reply : Promise.reject(error)
}

const asText = { replyEncoding: "utf8" } as const

/** Each script by itself, as it comes; sent without what the client's own methods look at first. */
export const runAlone = (redis: Redis): Runs => {
  const gather = writtenTogether(redis)
  return bySha((call, form) => {
    const { script, keys, args, asking } = call
    gather(script.batched)
    if (asking === true) {
      return ask(() => afterAsking(redis, (pipeline) => append(pipeline, { ...call, asking: false }, form)))
    }
    return form === "eval"
      ? ask(() => redis.eval(script.source, keys.length, ...keys, ...args))
      : ask(() => {
          const command = new Command("evalsha", [script.sha, keys.length, ...keys, ...args], asText)
          redis.sendCommand(command)
          return command.promise
        })
  })
}
