import type { Replayed } from "../../../src/inbound/event-log/event-admin.ts"
import { appendEntry, type PartitionLog, remove } from "../event-log/partition-log.ts"

interface Times {
  readonly at: number
  readonly until: number
}

/** Counts an event as received and admitted again. */
const countAgain = ({ counters }: PartitionLog) => {
  counters.received++
  counters.again++
}

/**
 * Appends the events of dead letters to the log again. Each leaves its old position, also in the ledger's queue if it
 * waits there.
 */
export const redriveIn = (log: PartitionLog, ids: ReadonlyArray<string>, times: Times): ReadonlyArray<string> =>
  ids.filter((id) => {
    const letter = log.dead.get(id)
    if (letter === undefined) return false
    const { position, key, record, replay } = letter.entry
    const consumers = log.todo.ledger.delete(position) ? (["runtime", "ledger"] as const) : (["runtime"] as const)
    appendEntry(log, consumers, { key, record, ...times, redriven: true, ...(replay === undefined ? {} : { replay }) })
    remove(log, position)
    log.dead.delete(id)
    countAgain(log)
    return true
  })

export const replayIn = (
  log: PartitionLog,
  place: { readonly at: number; readonly step: number },
  times: Times
): Replayed["replay"] => {
  const entry = log.log.get(place.step)
  if (entry === undefined || entry.at !== place.at || entry.replay !== undefined) return "absent"
  if (log.todo.runtime.has(entry.position)) return "pending"
  if (log.dead.has(entry.key)) return "dead_lettered"
  const replay = (log.replays.get(entry.key) ?? 0) + 1
  log.replays.set(entry.key, replay)
  appendEntry(log, ["runtime"], { key: entry.key, record: entry.record, ...times, replay })
  countAgain(log)
  return replay
}

export const takeOutOf = (log: PartitionLog, id: string, events: number): boolean => {
  const item = log.quarantine.get(id)
  if (item === undefined) return false
  log.quarantine.delete(id)
  log.quarantineBytes -= Buffer.byteLength(item.record)
  log.counters.again += events
  return true
}
