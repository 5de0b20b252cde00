import * as Effect from "effect/Effect"
import type { Counts, EventLog } from "../../../src/inbound/event-log.ts"
import type { Reply } from "../client.ts"
import { unexpectedReply } from "../failure.ts"
import type { Calls } from "./calls.ts"
import { counted, counts, ping } from "./counts.ts"

const isNumbers = (reply: Reply): reply is ReadonlyArray<number> =>
  Array.isArray(reply) && reply.every(Number.isInteger)

const sum = (partitions: ReadonlyArray<ReadonlyArray<number>>): Counts => {
  const total = (name: (typeof counted)[number]) =>
    partitions.reduce((all, one) => all + (one[counted.indexOf(name)] ?? 0), 0)
  const admitted = total("admitted")
  const delivered = total("delivered")
  const deadLettered = total("deadLettered")
  return {
    received: total("received"),
    admitted,
    deduped: total("deduped"),
    quarantined: total("quarantined"),
    delivered,
    deadLettered,
    again: total("again"),
    pending: admitted - delivered - deadLettered
  }
}

/** What all partitions counted together, and whether the first one answers. */
export const counting = ({ partitions, run }: Calls): Pick<EventLog["Service"], "counts" | "ping"> => ({
  counts: Effect.forEach(
    partitions,
    (partition) =>
      Effect.filterOrFail(run(counts, partition, ["counters"], []), isNumbers, () => unexpectedReply(counts.name)),
    { concurrency: "unbounded" }
  ).pipe(Effect.map(sum)),
  ping: Effect.asVoid(run(ping, 0, [], []))
})
