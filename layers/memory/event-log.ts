import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import {
  conserves,
  type Consumer,
  type Counts,
  EventLog,
  type Ownership,
  type PendingEntry
} from "../../src/inbound/event-log/event-log.ts"
import { retention, type EventRetention } from "../../src/inbound/event-log/retention.ts"
import { Deployment } from "../../src/deployment/deployment.ts"
import { admitTo } from "./event-log/admit.ts"
import { emptyLog, type LogEntry, Logs, type PartitionLog, sweepLog } from "./event-log/partition-log.ts"
import { Leases } from "./partitions.ts"

const pendingOf = ({ position, key, record, refusals, replay, redriven }: LogEntry): PendingEntry => ({
  position,
  key,
  record,
  refusals,
  ...(replay === undefined ? {} : { replay }),
  ...(redriven === undefined ? {} : { redriven })
})

const after = (todo: ReadonlyMap<number, LogEntry>, position: number, limit: number): ReadonlyArray<PendingEntry> => {
  const entries: Array<PendingEntry> = []
  for (const entry of todo.values()) {
    if (entries.length === limit) break
    if (entry.position > position) entries.push(pendingOf(entry))
  }
  return entries
}

const sum = (logs: Iterable<PartitionLog>): Counts => {
  const total = { ...emptyLog().counters }
  let pending = 0
  let broken = 0
  for (const { counters, todo } of logs) {
    pending += todo.runtime.size
    if (!conserves({ ...counters, pending: todo.runtime.size })) broken++
    total.received += counters.received
    total.admitted += counters.admitted
    total.deduped += counters.deduped
    total.quarantined += counters.quarantined
    total.delivered += counters.delivered
    total.deadLettered += counters.deadLettered
    total.again += counters.again
  }
  return { ...total, pending, broken }
}

const make = (options: Partial<EventRetention>) =>
  Effect.gen(function* () {
    const deployment = yield* Deployment
    const leases = yield* Leases
    const logs = yield* Logs
    const kept: EventRetention = { ...retention, ...options }
    const quarantineCap = Math.floor(kept.quarantineBytes / deployment.partitions)
    const partitions = Array.from({ length: deployment.partitions }, (_, partition) => partition)
    const own = <A>(
      { partition, epoch }: Ownership,
      act: (log: PartitionLog, now: number) => A
    ): Effect.Effect<A | "stale"> =>
      Effect.map(Clock.currentTimeMillis, (now) =>
        leases.get(partition)?.epoch === epoch ? act(logs.of(partition), now) : "stale"
      )
    const ownEntry = <A>(
      owner: Ownership,
      consumer: Consumer,
      position: number,
      act: (log: PartitionLog, entry: LogEntry, now: number) => A
    ) =>
      own(owner, (log, now) => {
        const entry = log.todo[consumer].get(position)
        return entry === undefined ? ("absent" as const) : act(log, entry, now)
      })

    return EventLog.of({
      admit: (batch) => Effect.map(Clock.currentTimeMillis, (now) => admitTo(logs.of, batch, now, kept, quarantineCap)),
      shardOf: () => 0,
      pending: (partition, consumer, position, limit) =>
        Effect.sync(() => after(logs.of(partition).todo[consumer], position, limit)),
      acknowledge: (owner, consumer, position) =>
        ownEntry(owner, consumer, position, (log, entry, now) => {
          log.todo[consumer].delete(position)
          if (consumer === "runtime") log.counters.delivered++
          if (entry.until <= now) entry.until = now + kept.delivered
          return "written" as const
        }),
      refuse: (owner, position, count) =>
        ownEntry(owner, "runtime", position, (_, entry) => (entry.refusals = Math.max(entry.refusals, count))),
      deadLetter: (owner, position, reason) =>
        ownEntry(owner, "runtime", position, (log, entry, now) => {
          const id = entry.replay === undefined ? entry.key : `${entry.key}.r${entry.replay}`
          log.dead.set(id, { at: now, entry, reason })
          log.todo.runtime.delete(position)
          log.counters.deadLettered++
          return "written" as const
        }),
      sweep: (owner) =>
        own(owner, (log, now) => {
          sweepLog(log, now, kept, kept.deliveredBytes / deployment.partitions)
          return "done" as const
        }),
      counts: Effect.sync(() => sum(partitions.map(logs.of))),
      ping: Effect.void
    })
  })

/** Event log in memory, lost with the process. Uses the values of {@link retention} by default. */
export const layer = (
  options: Partial<EventRetention> = {}
): Layer.Layer<EventLog, never, Deployment | Leases | Logs> => Layer.effect(EventLog, make(options))
