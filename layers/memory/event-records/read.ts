import {
  type EventPage,
  parseCollectionCursor,
  parsePlace,
  type Range,
  type StoredEvent,
  type StoredItem,
  type StoredLetter
} from "../../../src/inbound/event-log/event-admin.ts"
import type { LogEntry, PartitionLog } from "../event-log/partition-log.ts"

/** Returns an event as operators see it. The step of its place is its position. */
const stored = (log: PartitionLog, partition: number, { position, at, key, record }: LogEntry): StoredEvent => {
  const state = log.todo.runtime.has(position) ? "pending" : log.dead.has(key) ? "dead_lettered" : "delivered"
  return { key, at, state, record, place: `${at}-${position}-${partition}` }
}

export const eventsOf = (log: PartitionLog, partition: number): ReadonlyArray<StoredEvent> =>
  Array.from(log.log.values())
    .filter(({ replay }) => replay === undefined)
    .map((entry) => stored(log, partition, entry))

export const storedEvent = (log: PartitionLog, partition: number, key: string) => {
  const replays = log.replays.get(key) ?? 0
  const found = eventsOf(log, partition).find((event) => event.key === key)
  if (found !== undefined) return { ...found, replays }
  const letter = log.dead.get(key)
  if (letter === undefined) return undefined
  const { at, record } = letter.entry
  return { key, at, state: "dead_lettered" as const, record, replays }
}

export const lettersOf = ({ dead }: PartitionLog): ReadonlyArray<StoredLetter> =>
  Array.from(dead, ([id, { at, entry, reason }]) => ({
    id,
    at,
    reason,
    refusals: entry.refusals,
    record: entry.record
  }))

export const itemsOf = ({ quarantine }: PartitionLog): ReadonlyArray<StoredItem> =>
  Array.from(quarantine, ([id, { at, record }]) => ({ id, at, record }))

interface Listed {
  readonly at: number
  readonly record: string
  readonly id?: string
  readonly place?: string
}

const compare = (a: Listed, b: Listed): number => {
  if (a.at !== b.at) return a.at - b.at
  const [one, other] = [parsePlace(a.place ?? ""), parsePlace(b.place ?? "")]
  if (one !== undefined && other !== undefined) return one.partition - other.partition || one.step - other.step
  return (a.id ?? "") < (b.id ?? "") ? -1 : Number(a.id !== b.id)
}

const lastOf = (cursor: string): Listed => {
  const place = parsePlace(cursor)
  if (place !== undefined) return { at: place.at, record: "", place: cursor }
  const on = parseCollectionCursor(cursor)
  return { at: on?.at ?? 0, record: "", id: on?.id ?? "" }
}

const headOf = (record: string) => record.slice(0, Math.max(0, record.lastIndexOf("\n")))

/** Returns one page, with each record without its last line. */
export const pageListed = <A extends Listed>(
  all: ReadonlyArray<A>,
  { limit, order, cursor, from = 0, to = Number.POSITIVE_INFINITY }: Range
): EventPage<A> => {
  const sign = order === "newest" ? -1 : 1
  const last = cursor === undefined ? undefined : lastOf(cursor)
  const behind = all
    .filter((one) => one.at >= from && one.at <= to && (last === undefined || sign * compare(one, last) > 0))
    .sort((a, b) => sign * compare(a, b))
  const entries: Array<A> = []
  for (const one of behind.slice(0, limit)) entries.push({ ...one, record: headOf(one.record) })
  const end = entries.at(-1)
  if (end === undefined || behind.length <= limit) return { entries }
  return { entries, next: end.place ?? `${end.at}-${end.id ?? ""}` }
}
