import { setTimeout } from "node:timers"
import type { ChainableCommander, Redis } from "ioredis"
import * as Effect from "effect/Effect"
import { makeTimerWheel } from "../../../src/concurrency/timer-wheel.ts"
import { refusalCode } from "../failure.ts"
import type { Call } from "../scripting/script.ts"
import { corkedWrites, ScriptCommand } from "./write-command.ts"

/** Names what the server receives: the script's digest or its source. */
export type Form = "evalsha" | "eval"

/** Runs a call. Fails with the error of the server or of the client library, or with an `InfraError`. */
export type Runs = (call: Call) => Effect.Effect<unknown, unknown>

/** Converts a promise to an effect. Interrupting the effect does not take back what was sent. */
export const fromPromise = (send: () => Promise<unknown>): Effect.Effect<unknown, unknown> =>
  Effect.callback<unknown, unknown>((resume) => {
    send().then(
      (reply) => resume(Effect.succeed(reply)),
      (error) => resume(Effect.fail(error))
    )
  })

/** Runs a call by digest, and once more by source if the server certainly did not know the digest. */
export const bySha =
  (run: (call: Call, form: Form) => Effect.Effect<unknown, unknown>): Runs =>
  (call) =>
    Effect.catchIf(
      run(call, "evalsha"),
      (error) => refusalCode(error) === "NOSCRIPT",
      () => run(call, "eval")
    )

/**
 * Adds the call to a pipeline and returns the number of commands that it takes. The last of them is the script itself.
 */
export const appendCall = (pipeline: ChainableCommander, { script, keys, args, asking }: Call, form: Form): number => {
  if (asking === true) pipeline.asking()
  if (form === "eval") pipeline.eval(script.source, keys.length, ...keys, ...args)
  else pipeline.evalsha(script.sha, keys.length, ...keys, ...args)
  return asking === true ? 2 : 1
}

/** Sends one command to an importing node behind `ASKING`, and returns its reply. */
export const afterAsking = async (
  redis: Redis,
  command: (pipeline: ChainableCommander) => unknown
): Promise<unknown> => {
  const pipeline = redis.pipeline().asking()
  command(pipeline)
  const [error, reply] = (await pipeline.exec())?.[1] ?? [new Error("no reply")]
  return error === null ? reply : Promise.reject(error)
}

/** Ticks of a deadline: a call without a reply fails after its timeout, or up to an eighth later. */
const deadlineTicks = 8

const makeDeadlines = (millis: number) =>
  makeTimerWheel(deadlineTicks + 1, (tick) => {
    // @effect-diagnostics-next-line globalTimers:off
    setTimeout(tick, millis / deadlineTicks).unref()
  })

/**
 * Runs each script by itself as it arrives. A run without a reply within `millis` fails, and its outcome is unknown.
 */
export const runAlone = (redis: Redis, millis: number): Runs => {
  const gather = corkedWrites(redis)
  const startDeadline = makeDeadlines(millis)
  const asking = bySha((call, form) =>
    fromPromise(() => afterAsking(redis, (pipeline) => appendCall(pipeline, { ...call, asking: false }, form)))
  )
  const bySource = ({ script, keys, args }: Call) =>
    fromPromise(() => redis.eval(script.source, keys.length, ...keys, ...args))
  return (call) => {
    if (call.asking === true) return asking(call)
    return Effect.callback<unknown, unknown>((resume) => {
      const command = new ScriptCommand(call)
      const cancelDeadline = startDeadline(() => command.reject(new Error("Command timed out")))
      const finish = (result: Effect.Effect<unknown, unknown>) => {
        cancelDeadline()
        resume(result)
      }
      gather(call.script.batched)
      redis.sendCommand(command)
      command.promise.then(
        (reply) => finish(Effect.succeed(reply)),
        (error) => finish(refusalCode(error) === "NOSCRIPT" ? bySource(call) : Effect.fail(error))
      )
    })
  }
}
