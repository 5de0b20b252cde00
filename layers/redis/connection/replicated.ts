import type { Redis } from "ioredis"
import * as Effect from "effect/Effect"
import { notReplicated, unavailable } from "../failure.ts"
import { append, bySha, type Call, type Form, type Runs } from "./call.ts"

export interface Acknowledgement {
  /** How many replicas must have what was written. */
  readonly replicas: number
  /** Milliseconds until that counts as not reached. */
  readonly within: number
}

interface Held {
  readonly call: Call
  readonly form: Form
  readonly resume: (effect: Effect.Effect<unknown, unknown>) => void
}

type Results = ReadonlyArray<readonly [error: Error | null, reply: unknown]>

/**
 * `WAIT` covers what this connection wrote. A script that found its work done wrote nothing, and what it found may not have
 * reached a replica: one write of our own after it makes `WAIT` cover all that the script has seen (G3). It changes nothing,
 * and only the script's own key takes part: a key of ours beside it would be made anew where a slot is on its way, and
 * `MIGRATE` does not carry a key to where there is one.
 */
const mark = `#!lua flags=allow-oom
local expires = redis.call('PEXPIRETIME', KEYS[1])
if expires == -2 then
  redis.call('SET', KEYS[1], '')
  redis.call('DEL', KEYS[1])
elseif expires == -1 then
  redis.call('PEXPIREAT', KEYS[1], '253402300799999')
  redis.call('PERSIST', KEYS[1])
else
  redis.call('PEXPIREAT', KEYS[1], expires)
end
`

const send = async (redis: Redis, batch: ReadonlyArray<Held>, { replicas, within }: Acknowledgement) => {
  const pipeline = redis.pipeline()
  for (const { call, form } of batch) append(pipeline, call, form)
  const last = batch.at(-1)?.call
  if (last?.asking === true) pipeline.asking()
  pipeline.eval(mark, 1, last?.keys[0] ?? "")
  pipeline.call("WAIT", replicas, within)
  return (await pipeline.exec()) ?? []
}

const settle = (batch: ReadonlyArray<Held>, results: Results, replicas: number) => {
  const [marked, waited] = [results.at(-2), results.at(-1)]
  const missed = marked?.[0] ?? waited?.[0] ?? undefined
  const enough = missed === undefined && typeof waited?.[1] === "number" && waited[1] >= replicas
  let at = -1
  for (const { call, resume } of batch) {
    at += call.asking === true ? 2 : 1
    const [error, reply] = results[at] ?? [new Error("no reply")]
    if (error !== null) resume(Effect.fail(error))
    else resume(enough ? Effect.succeed(reply) : Effect.fail(notReplicated(call.script.name, missed)))
  }
}

/**
 * Scripts and their `WAIT` in one pipeline on one connection (G2): a reply counts only with the acknowledgements behind it.
 * `WAIT` blocks its connection, so scripts that come meanwhile gather, and share the next one; a connection that falls away
 * has certainly not been given them.
 */
export const runReplicated = (redis: Redis, acknowledgement: Acknowledgement): Runs => {
  let held: Array<Held> = []
  let underWay = false
  const next = () => {
    underWay = false
    if (held.length === 0) return
    const batch = held
    held = []
    if (redis.status !== "ready") {
      for (const { call, resume } of batch) resume(Effect.fail(unavailable(call.script.name)))
      return
    }
    underWay = true
    const settled = (results: Results) => {
      settle(batch, results, acknowledgement.replicas)
      next()
    }
    send(redis, batch, acknowledgement).then(settled, (error) => settled(batch.map(() => [error, undefined])))
  }
  return bySha((call, form) =>
    Effect.callback<unknown, unknown>((resume) => {
      const one: Held = { call, form, resume }
      held.push(one)
      if (!underWay) next()
      return Effect.sync(() => {
        held = held.filter((other) => other !== one)
      })
    })
  )
}
