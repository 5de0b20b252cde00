import type { StoredRecord, Collection } from "../../../src/inbound/event-log/event-admin.ts"
import { type PartitionLog, remove } from "../event-log/partition-log.ts"

const allOn = (log: PartitionLog, shelf: Collection): ReadonlyArray<StoredRecord> => {
  switch (shelf) {
    case "log":
      return Array.from(log.log, ([position, { record }]) => ({ place: String(position), record }))
    case "dead":
      return Array.from(log.dead, ([place, { entry }]) => ({ place, record: entry.record }))
    case "quarantine":
      return Array.from(log.quarantine, ([place, { record }]) => ({ place, record }))
    case "replies":
      return Array.from(log.replies, ([position, { record }]) => ({ place: String(position), record }))
  }
}

/** Returns a page of stored records. `after` is the last place of the previous page, even if it has been deleted. */
export const restingIn = (
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
