import * as Context from "effect/Context"
import * as Layer from "effect/Layer"
import type { AdmitOutcome, Consumer } from "../../../src/inbound/event-log/event-log.ts"
import { isStatusRecord } from "../../../src/inbound/event-log/event-codec.ts"
import type { EventRetention } from "../../../src/inbound/event-log/retention.ts"
import type { PendingReply } from "../../../src/inbound/replies/replies.ts"

export interface LogEntry {
  readonly position: number
  /** Milliseconds since the epoch. */
  readonly at: number
  readonly key: string
  readonly record: string
  readonly replay?: number
  readonly redriven?: true
  refusals: number
  /** Time until which it stays once no consumer waits for it. */
  until: number
}

export interface Letter {
  readonly at: number
  readonly entry: LogEntry
  readonly reason: string
}

/** Content of one partition. A log and a todo are in the order of positions. */
export interface PartitionLog {
  position: number
  generation: number
  quarantineBytes: number
  logBytes: number
  readonly log: Map<number, LogEntry>
  readonly todo: Readonly<Record<Consumer, Map<number, LogEntry>>>
  readonly marks: Map<number, Set<string>>
  readonly nonces: Map<string, { readonly until: number; readonly answer: ReadonlyArray<AdmitOutcome> }>
  readonly quarantine: Map<string, { readonly at: number; readonly record: string }>
  readonly dead: Map<string, Letter>
  /** Replies of the runtime that are not performed yet, by position, oldest first. */
  readonly replies: Map<number, PendingReply>
  /** Number of replays of each event. */
  readonly replays: Map<string, number>
  readonly counters: {
    received: number
    admitted: number
    deduped: number
    quarantined: number
    delivered: number
    deadLettered: number
    again: number
  }
}

export const emptyLog = (): PartitionLog => ({
  position: 0,
  generation: 0,
  quarantineBytes: 0,
  logBytes: 0,
  log: new Map(),
  todo: { runtime: new Map(), ledger: new Map() },
  marks: new Map(),
  nonces: new Map(),
  quarantine: new Map(),
  dead: new Map(),
  replies: new Map(),
  replays: new Map(),
  counters: { received: 0, admitted: 0, deduped: 0, quarantined: 0, delivered: 0, deadLettered: 0, again: 0 }
})

/** The partitions' logs, shared by the event log, the replies and the operators' views. */
export class Logs extends Context.Service<Logs, { readonly of: (partition: number) => PartitionLog }>()(
  "comporta/layers/memory/Logs"
) {}

export const layer = Layer.sync(Logs, () => {
  const logs = new Map<number, PartitionLog>()
  return Logs.of({
    of: (partition) => {
      const log = logs.get(partition) ?? emptyLog()
      logs.set(partition, log)
      return log
    }
  })
})

/** Appends an event to the log and to the queue of each consumer. */
export const appendEntry = (
  log: PartitionLog,
  consumers: ReadonlyArray<Consumer>,
  event: Omit<LogEntry, "position" | "refusals">
): LogEntry => {
  const entry: LogEntry = { ...event, position: ++log.position, refusals: 0 }
  log.log.set(entry.position, entry)
  log.logBytes += Buffer.byteLength(entry.record)
  for (const consumer of consumers) log.todo[consumer].set(entry.position, entry)
  log.counters.admitted++
  return entry
}

export const remove = (log: PartitionLog, position: number): void => {
  const entry = log.log.get(position)
  if (entry === undefined) return
  log.log.delete(position)
  log.logBytes -= Buffer.byteLength(entry.record)
}

export const isOpen = ({ todo }: PartitionLog, position: number): boolean =>
  todo.runtime.has(position) || todo.ledger.has(position)

/** Deletes expired entries. Above the byte limit, also deletes the oldest events that no consumer waits for. */
export const sweepLog = (log: PartitionLog, now: number, retention: EventRetention, cap: number): void => {
  const early = now - retention.statuses
  for (const { position, at, record, until } of Array.from(log.log.values())) {
    if (isOpen(log, position)) continue
    const isOver = until <= now || (at <= early && isStatusRecord(record))
    if (isOver || log.logBytes > cap) remove(log, position)
  }
  const edge = now - retention.deadLetters
  for (const [id, { at }] of Array.from(log.dead)) if (at < edge) log.dead.delete(id)
  for (const [id, { at, record }] of Array.from(log.quarantine)) {
    if (at >= edge) continue
    log.quarantine.delete(id)
    log.quarantineBytes -= Buffer.byteLength(record)
  }
}
