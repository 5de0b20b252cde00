import { setTimeout } from "node:timers"
import type { ChainableCommander, Redis } from "ioredis"
import * as Effect from "effect/Effect"
import { makeTimerWheel } from "../../../src/concurrency/timer-wheel.ts"
import { refusalCode } from "../failure.ts"
import type { Call } from "../scripting/script.ts"
import { ScriptCommand } from "./script-command.ts"
import { corkedWrites } from "./corked-writes.ts"

/** Whether the server is given the script's digest or its source. */
export type Form = "evalsha" | "eval"

/** Fails with what the server or the client library said, or with an `InfraError`. */
export type Runs = (call: Call) => Effect.Effect<unknown, unknown>

/** As an effect. What was sent stays sent where nobody waits any more. */
export const fromPromise = (send: () => Promise<unknown>): Effect.Effect<unknown, unknown> =>
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
      (error) => refusalCode(error) === "NOSCRIPT",
      () => run(call, "eval")
    )

/** Adds the call to a pipeline; answers how many commands that took. The last of them is the script's own. */
export const appendCall = (pipeline: ChainableCommander, { script, keys, args, asking }: Call, form: Form): number => {
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

/** Ticks of a deadline: a call without an answer fails after its time, or up to an eighth later. */
const deadlineTicks = 8

const makeDeadlines = (millis: number) =>
  makeTimerWheel(deadlineTicks + 1, (tick) => {
    // @effect-diagnostics-next-line globalTimers:off
    setTimeout(tick, millis / deadlineTicks).unref()
  })

/** Runs each script by itself, as it comes. A run without an answer within `millis` fails, and its end is unknown. */
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
      const tell = (told: Effect.Effect<unknown, unknown>) => {
        cancelDeadline()
        resume(told)
      }
      gather(call.script.batched)
      redis.sendCommand(command)
      command.promise.then(
        (reply) => tell(Effect.succeed(reply)),
        (error) => tell(refusalCode(error) === "NOSCRIPT" ? bySource(call) : Effect.fail(error))
      )
    })
  }
}
