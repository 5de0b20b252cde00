import type { Admission, Consumer, NewEntry } from "../../../src/inbound/event-log.ts"
import type { Retention } from "../../../src/inbound/retention.ts"

export interface Entry {
  readonly position: number
  readonly key: string
  readonly record: string
  refusals: number
}

/** What one partition holds. A place in a todo is a position; the order of a todo is that of admission. */
export interface PartitionLog {
  position: number
  generation: number
  quarantineBytes: number
  readonly todo: Readonly<Record<Consumer, Map<number, Entry>>>
  readonly marks: Map<number, Set<string>>
  readonly nonces: Map<string, { readonly until: number; readonly answer: ReadonlyArray<Admission> }>
  readonly quarantine: Array<{ readonly key: string; readonly record?: string }>
  readonly dead: Array<Entry & { readonly reason: string }>
  readonly counters: {
    received: number
    admitted: number
    deduped: number
    quarantined: number
    delivered: number
    deadLettered: number
  }
}

export const emptyLog = (): PartitionLog => ({
  position: 0,
  generation: 0,
  quarantineBytes: 0,
  todo: { runtime: new Map(), ledger: new Map() },
  marks: new Map(),
  nonces: new Map(),
  quarantine: [],
  dead: [],
  counters: { received: 0, admitted: 0, deduped: 0, quarantined: 0, delivered: 0, deadLettered: 0 }
})

/** Never backwards; a generation that is two behind is dropped whole (G10). */
const marksAt = (log: PartitionLog, generation: number) => {
  log.generation = Math.max(generation, log.generation)
  for (const old of log.marks.keys()) if (old < log.generation - 1) log.marks.delete(old)
  const present = log.marks.get(log.generation) ?? new Set()
  log.marks.set(log.generation, present)
  return { present, previous: log.marks.get(log.generation - 1) }
}

const quarantine = (log: PartitionLog, entry: NewEntry, cap: number) => {
  const bytes = Buffer.byteLength(entry.record)
  const fits = log.quarantineBytes + bytes <= cap
  if (fits) log.quarantineBytes += bytes
  log.quarantine.push(fits ? { key: entry.key, record: entry.record } : { key: entry.key })
  log.counters.quarantined++
}

const append = (log: PartitionLog, { consumers, key, record }: NewEntry) => {
  const entry: Entry = { position: ++log.position, key, record, refusals: 0 }
  for (const consumer of consumers) log.todo[consumer].set(entry.position, entry)
  log.counters.admitted++
}

/** The batch of a nonce that is remembered gets its first answer and counts once (G28). */
export const admitTo = (
  log: PartitionLog,
  batch: { readonly nonce: string; readonly entries: ReadonlyArray<NewEntry> },
  now: number,
  retention: Retention,
  quarantineCap: number
): ReadonlyArray<Admission> => {
  for (const [nonce, { until }] of log.nonces) {
    if (until > now) break
    log.nonces.delete(nonce)
  }
  const answered = log.nonces.get(batch.nonce)
  if (answered !== undefined) return answered.answer
  const { present, previous } = marksAt(log, Math.floor(now / retention.marks))
  const answer = batch.entries.map((entry): Admission => {
    const seen = present.has(entry.key) || previous?.has(entry.key) === true
    present.add(entry.key)
    if (seen) {
      log.counters.deduped++
      return "deduped"
    }
    if (entry.sort === "quarantine") {
      quarantine(log, entry, quarantineCap)
      return "quarantined"
    }
    append(log, entry)
    return "admitted"
  })
  log.counters.received += batch.entries.length
  log.nonces.set(batch.nonce, { until: now + retention.nonce, answer })
  return answer
}
