import type { Redis } from "ioredis"
import * as Effect from "effect/Effect"
import { notReplicated, unavailable } from "../failure.ts"
import type { Call } from "../scripting/script.ts"
import { appendCall, bySha, type Form, type Runs } from "./call.ts"

export interface Acknowledgement {
  /** Number of replicas that must have the writes. */
  readonly replicas: number
  /** Milliseconds after which missing acknowledgements fail the script. */
  readonly within: number
  /** True when the server may refuse a key because its slot has moved. */
  readonly slotsMove: boolean
}

interface PendingCall {
  readonly call: Call
  readonly form: Form
  readonly resume: (effect: Effect.Effect<unknown, unknown>) => void
}

type Results = ReadonlyArray<readonly [error: Error | null, reply: unknown]>

/**
 * Writes beside the key of a script without a change, so that `WAIT` covers everything that the script has read (G3).
 *
 * `WAIT` covers the writes of this connection. A script that found its work done wrote nothing, and what it found may
 * not have reached a replica. Only the script's own key is written. A key beside it would be created again while a slot
 * moves, and `MIGRATE` does not carry a key to a server that has one.
 */
export const markSource = `#!lua flags=allow-oom
local expires = redis.call('PEXPIRETIME', KEYS[1])
if expires == -2 then
  if not redis.acl_check_cmd('DEL', KEYS[1]) then return redis.error_reply('NOPERM') end
  redis.call('SET', KEYS[1], '')
  redis.call('DEL', KEYS[1])
elseif expires == -1 then
  redis.call('PEXPIREAT', KEYS[1], '253402300799999')
  redis.call('PERSIST', KEYS[1])
else
  redis.call('PEXPIREAT', KEYS[1], expires)
end
`

const tagOf = (key = ""): string => /\{([^}]+)\}/.exec(key)?.[1] ?? key

/**
 * Returns the calls beside which to write. One write is enough, because it comes after all scripts. On a cluster each
 * slot may have moved, so one write for each hash tag is tried.
 */
const marked = (batch: ReadonlyArray<PendingCall>, slotsMove: boolean): ReadonlyArray<Call> => {
  const calls = batch.map(({ call }) => call)
  return slotsMove ? [...new Map(calls.map((call) => [tagOf(call.keys[0]), call])).values()] : calls.slice(-1)
}

const send = async (
  redis: Redis,
  batch: ReadonlyArray<PendingCall>,
  marks: ReadonlyArray<Call>,
  to: Acknowledgement
) => {
  const pipeline = redis.pipeline()
  for (const { call, form } of batch) appendCall(pipeline, call, form)
  for (const { asking, keys } of marks) {
    if (asking === true) pipeline.asking()
    pipeline.eval(markSource, 1, keys[0] ?? "")
  }
  pipeline.call("WAIT", to.replicas, to.within)
  return (await pipeline.exec()) ?? []
}

const settle = (batch: ReadonlyArray<PendingCall>, marks: ReadonlyArray<Call>, results: Results, replicas: number) => {
  let at = -1
  const resultOf = (call: Call) => {
    at += call.asking === true ? 2 : 1
    return results[at] ?? ([new Error("no reply"), undefined] as const)
  }
  const own = batch.map(({ call }) => resultOf(call))
  const written = marks.map(resultOf)
  const [wrong, reached] = results.at(-1) ?? []
  const missed = (written.some(([error]) => error === null) ? undefined : written[0]?.[0]) ?? wrong ?? undefined
  const enough = missed === undefined && typeof reached === "number" && reached >= replicas
  for (const [index, { call, resume }] of batch.entries()) {
    const [error, reply] = own[index] ?? [new Error("no reply")]
    if (error !== null) resume(Effect.fail(error))
    else resume(enough ? Effect.succeed(reply) : Effect.fail(notReplicated(call.script.name, missed)))
  }
}

/**
 * Sends scripts and their `WAIT` in one pipeline on one connection: a reply counts only with the acknowledgements that
 * follow it (G2).
 *
 * `WAIT` blocks its connection, so scripts that arrive meanwhile wait and share the next pipeline. If the connection is
 * lost before, they were certainly not sent.
 */
export const runReplicated = (redis: Redis, acknowledgement: Acknowledgement): Runs => {
  let pending: Array<PendingCall> = []
  let underWay = false
  const next = () => {
    underWay = false
    if (pending.length === 0) return
    const batch = pending
    pending = []
    if (redis.status !== "ready") {
      for (const { call, resume } of batch) resume(Effect.fail(unavailable(call.script.name)))
      return
    }
    underWay = true
    const marks = marked(batch, acknowledgement.slotsMove)
    const settled = (results: Results) => {
      settle(batch, marks, results, acknowledgement.replicas)
      next()
    }
    send(redis, batch, marks, acknowledgement).then(settled, (error) => settled(batch.map(() => [error, undefined])))
  }
  return bySha((call, form) =>
    Effect.callback<unknown, unknown>((resume) => {
      const one: PendingCall = { call, form, resume }
      pending.push(one)
      if (!underWay) next()
      return Effect.sync(() => {
        pending = pending.filter((other) => other !== one)
      })
    })
  )
}
