import * as Effect from "effect/Effect"
import { conserves, type Counts, type EventLog } from "../../../src/inbound/event-log/event-log.ts"
import type { RedisReply } from "../client.ts"
import { unexpectedReply } from "../failure.ts"
import type { Calls } from "./calls.ts"
import { countsScript, pingScript } from "./scripts/count-events.ts"

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
export const countMethods = ({ partitions, run }: Calls): Pick<EventLog["Service"], "counts" | "ping"> => ({
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
