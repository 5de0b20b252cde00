import type { Collection, Replayed, StoredRecord } from "../../../src/inbound/event-log/event-admin.ts"
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

export const removeQuarantinedFrom = (log: PartitionLog, id: string, events: number): boolean => {
  const item = log.quarantine.get(id)
  if (item === undefined) return false
  log.quarantine.delete(id)
  log.quarantineBytes -= Buffer.byteLength(item.record)
  log.counters.again += events
  return true
}

const allOn = (log: PartitionLog, shelf: Collection): ReadonlyArray<StoredRecord> => {
  switch (shelf) {
    case "log":
      return Array.from(log.log, ([position, { record }]) => ({ place: String(position), record }))
    case "delivered":
      return []
    case "dead":
      return Array.from(log.dead, ([place, { entry }]) => ({ place, record: entry.record }))
    case "quarantine":
      return Array.from(log.quarantine, ([place, { record }]) => ({ place, record }))
    case "replies":
      return Array.from(log.replies, ([position, { record }]) => ({ place: String(position), record }))
  }
}

/** Returns a page of stored records. `after` is the last place of the previous page, even if it has been deleted. */
export const storedIn = (
  log: PartitionLog,
  shelf: Collection,
  limit: number,
  after: string | undefined
): { readonly entries: ReadonlyArray<StoredRecord>; readonly next?: string } => {
  const all = allOn(log, shelf)
  const numbered = shelf === "log" || shelf === "replies"
  const behind = ({ place }: StoredRecord) =>
    after === undefined || (numbered ? Number(place) > Number(after) : place > after)
  const rest = numbered ? all.filter(behind) : all.filter(behind).toSorted((a, b) => (a.place < b.place ? -1 : 1))
  const entries = rest.slice(0, limit)
  const last = entries.at(-1)
  return last === undefined || rest.length <= limit ? { entries } : { entries, next: last.place }
}

const eraseEvent = (log: PartitionLog, position: number): "absent" | "erased" | "pending" => {
  if (!log.log.has(position)) return "absent"
  const pending = log.todo.runtime.delete(position)
  log.todo.ledger.delete(position)
  if (pending) log.counters.deadLettered++
  remove(log, position)
  return pending ? "pending" : "erased"
}

const eraseItem = (log: PartitionLog, id: string): boolean => {
  log.quarantineBytes -= Buffer.byteLength(log.quarantine.get(id)?.record ?? "")
  return log.quarantine.delete(id)
}

export const eraseFrom = (
  log: PartitionLog,
  shelf: Collection,
  places: ReadonlyArray<string>
): { readonly erased: number; readonly pending: number } => {
  if (shelf === "log") {
    const ends = places.map((place) => eraseEvent(log, Number(place))).filter((end) => end !== "absent")
    return { erased: ends.length, pending: ends.filter((end) => end === "pending").length }
  }
  const gone = places.filter((place) => {
    if (shelf === "dead") return log.dead.delete(place)
    return shelf === "quarantine" ? eraseItem(log, place) : log.replies.delete(Number(place))
  })
  return { erased: gone.length, pending: 0 }
}
