import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { Deployment } from "../../../src/deployment/deployment.ts"
import { conserves, type Counts, EventLog } from "../../../src/inbound/event-log/event-log.ts"
import { type EventRetention, retention } from "../../../src/inbound/event-log/retention.ts"
import { type RedisReply, RedisStore } from "../client.ts"
import { unexpectedReply } from "../failure.ts"
import { acknowledgeMethods } from "./acknowledge.ts"
import { admitMethods } from "./admit.ts"
import { type Calls, callsOf } from "./calls.ts"
import { consumeMethods } from "./consume.ts"
import { markTables } from "../marks/mark-table.ts"
import { countsScript, pingScript } from "./scripts/read-log.ts"

const isNumbers = (reply: RedisReply): reply is ReadonlyArray<number> =>
  Array.isArray(reply) && reply.every(Number.isInteger)

/** Decodes the numbers in the order in which the script returns them. */
const countsOf = (numbers: ReadonlyArray<number>): Counts => {
  const [received = 0, admitted = 0, deduped = 0, quarantined = 0, delivered = 0, deadLettered = 0, again = 0] = numbers
  const [pending = 0, unfinished = 0] = numbers.slice(7)
  const all = {
    received,
    admitted,
    deduped,
    quarantined,
    delivered,
    deadLettered,
    again,
    pending: Math.max(0, pending)
  }
  return { ...all, broken: pending >= 0 && (unfinished === 1 || conserves(all)) ? 0 : 1 }
}

const plus = (a: Counts, b: Counts): Counts => ({
  received: a.received + b.received,
  admitted: a.admitted + b.admitted,
  deduped: a.deduped + b.deduped,
  quarantined: a.quarantined + b.quarantined,
  delivered: a.delivered + b.delivered,
  deadLettered: a.deadLettered + b.deadLettered,
  again: a.again + b.again,
  pending: a.pending + b.pending,
  broken: a.broken + b.broken
})

/** Returns the sum of what all partitions counted, and pings the first one. */
const countMethods = ({ partitions, run }: Calls): Pick<EventLog["Service"], "counts" | "ping"> => ({
  counts: Effect.forEach(
    partitions,
    (partition) =>
      Effect.filterOrFail(run(countsScript, partition, ["counters", "todo:runtime"], []), isNumbers, () =>
        unexpectedReply(countsScript.name)
      ),
    { concurrency: "unbounded" }
  ).pipe(Effect.map((all) => all.map(countsOf).reduce(plus, countsOf([])))),
  ping: Effect.asVoid(run(pingScript, 0, [], []))
})

/**
 * Batches under way at once when one script can write any partitions: one is prepared while the store writes the other.
 */
const underWay = 2

const make = (options: Partial<EventRetention>) =>
  Effect.gen(function* () {
    const store = yield* RedisStore
    const deployment = yield* Deployment
    const kept: EventRetention = { ...retention, ...options }
    const calls = callsOf(store, deployment)
    const shardOf = (partition: number) => (store.sharded ? partition : partition % underWay)
    const acknowledged = yield* acknowledgeMethods(store, deployment, shardOf)
    return EventLog.of({
      admit: admitMethods(store, deployment, kept, markTables()),
      shardOf,
      acknowledge: (owner, consumer, position) => acknowledged({ owner, consumer, position }),
      ...consumeMethods(calls, kept, store.capacity),
      ...countMethods(calls)
    })
  })

/** Provides the event log on Redis. The options default to {@link retention}. */
export const layer = (options: Partial<EventRetention> = {}): Layer.Layer<EventLog, never, RedisStore | Deployment> =>
  Layer.effect(EventLog, make(options))
