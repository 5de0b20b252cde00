import { randomBytes } from "node:crypto"
import type { Redis } from "ioredis"
import * as Effect from "effect/Effect"
import { EventLog } from "../../src/inbound/event-log/event-log.ts"
import { defaultPartitions } from "../../src/deployment/deployment.ts"
import { into } from "../support/into.ts"

const partitions = defaultPartitions

/** Ids that nobody has seen, so many in batches of so many. */
export const batchesOf = (count: number, each: number): ReadonlyArray<ReadonlyArray<string>> =>
  Array.from({ length: Math.ceil(count / each) }, (_, n) =>
    Array.from({ length: Math.min(each, count - n * each) }, () => `evt_${randomBytes(16).toString("hex")}`)
  )

/** Admits that many events, eight batches at once; the log itself is emptied behind them. */
export const admit = Effect.fnUntraced(function* (redis: Redis, count: number, each: number) {
  const log = yield* EventLog
  yield* Effect.forEach(
    batchesOf(count, each),
    (keys, n) =>
      log.admit(
        into(n % partitions, {
          nonce: randomBytes(8).toString("hex"),
          entries: keys.map((key) => ({ key, sort: "event", consumers: [], record: "r" }))
        })
      ),
    { concurrency: partitions, discard: true }
  )
  const logs = Array.from({ length: partitions }, (_, partition) => `comporta:{p${partition}}:log`)
  yield* Effect.promise(() => redis.del(...logs))
})
