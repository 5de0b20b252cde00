import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { type Consumer, type Counts, EventLog, type Ownership, type PendingEntry } from "../../src/inbound/event-log.ts"
import { retention, type Retention } from "../../src/inbound/retention.ts"
import { Deployment } from "../../src/partition/deployment.ts"
import { admitTo, emptyLog, type Entry, type PartitionLog } from "./event-log/partition-log.ts"
import { Leases } from "./leases.ts"

const after = (todo: ReadonlyMap<number, Entry>, position: number, limit: number): ReadonlyArray<PendingEntry> => {
  const entries: Array<PendingEntry> = []
  for (const entry of todo.values()) {
    if (entries.length === limit) break
    if (entry.position > position) entries.push({ ...entry })
  }
  return entries
}

const sum = (logs: Iterable<PartitionLog>): Counts => {
  const total = { ...emptyLog().counters }
  for (const { counters } of logs) {
    total.received += counters.received
    total.admitted += counters.admitted
    total.deduped += counters.deduped
    total.quarantined += counters.quarantined
    total.delivered += counters.delivered
    total.deadLettered += counters.deadLettered
  }
  return { ...total, pending: total.admitted - total.delivered - total.deadLettered }
}

const make = (options: Partial<Retention>) =>
  Effect.gen(function* () {
    const deployment = yield* Deployment
    const leases = yield* Leases
    const kept: Retention = { ...retention, ...options }
    const quarantineCap = Math.floor(kept.quarantineBytes / deployment.partitions)
    const logs = new Map<number, PartitionLog>()
    const logOf = (partition: number) => {
      const log = logs.get(partition) ?? emptyLog()
      logs.set(partition, log)
      return log
    }
    const own = <A>(
      { partition, epoch }: Ownership,
      consumer: Consumer,
      position: number,
      act: (log: PartitionLog, entry: Entry) => A
    ): Effect.Effect<A | "stale" | "absent"> =>
      Effect.sync(() => {
        if (leases.get(partition)?.epoch !== epoch) return "stale"
        const log = logOf(partition)
        const entry = log.todo[consumer].get(position)
        return entry === undefined ? "absent" : act(log, entry)
      })

    return EventLog.of({
      admit: (partition, batch) =>
        Effect.map(Clock.currentTimeMillis, (now) => admitTo(logOf(partition), batch, now, kept, quarantineCap)),
      pending: (partition, consumer, position, limit) =>
        Effect.sync(() => after(logOf(partition).todo[consumer], position, limit)),
      acknowledge: (owner, consumer, position) =>
        own(owner, consumer, position, (log) => {
          log.todo[consumer].delete(position)
          if (consumer === "runtime") log.counters.delivered++
          return "written" as const
        }),
      refuse: (owner, position, count) =>
        own(owner, "runtime", position, (_, entry) => (entry.refusals = Math.max(entry.refusals, count))),
      deadLetter: (owner, position, reason) =>
        own(owner, "runtime", position, (log, entry) => {
          log.dead.push({ ...entry, reason })
          log.todo.runtime.delete(position)
          log.counters.deadLettered++
          return "written" as const
        }),
      counts: Effect.sync(() => sum(logs.values())),
      ping: Effect.void
    })
  })

/**
 * Forgets with its process. What no consumer waits for is gone at once.
 * The numbers of {@link retention} unless given.
 */
export const layer = (options: Partial<Retention> = {}): Layer.Layer<EventLog, never, Deployment | Leases> =>
  Layer.effect(EventLog, make(options))
