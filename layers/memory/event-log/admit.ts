import { type AdmitOutcome, type Batch, type NewEntry, wholeRecord } from "../../../src/inbound/event-log/event-log.ts"
import type { EventRetention } from "../../../src/inbound/event-log/retention.ts"
import { appendEntry, type PartitionLog } from "./partition-log.ts"

/**
 * Returns the dedupe marks of the present and the previous generation. The generation never decreases; one that is two
 * behind is deleted whole (G10).
 */
const marksAt = (log: PartitionLog, generation: number) => {
  log.generation = Math.max(generation, log.generation)
  for (const old of log.marks.keys()) if (old < log.generation - 1) log.marks.delete(old)
  const present = log.marks.get(log.generation) ?? new Set()
  log.marks.set(log.generation, present)
  return { present, previous: log.marks.get(log.generation - 1) }
}

/**
 * Returns the stored part of a quarantined record: without content above the cap, and only its id above twice the cap.
 */
const kept = (log: PartitionLog, record: string, cap: number) => {
  if (log.quarantineBytes + Buffer.byteLength(record) <= cap) return record
  const [head = ""] = record.split("\n")
  return log.quarantineBytes + Buffer.byteLength(head) <= 2 * cap ? head : ""
}

const quarantine = (log: PartitionLog, entry: NewEntry, at: number, cap: number) => {
  const record = kept(log, wholeRecord(entry), cap)
  log.quarantineBytes += Buffer.byteLength(record)
  log.quarantine.set(entry.key, { at, record })
  log.counters.quarantined++
}

const admitPart = (
  log: PartitionLog,
  entries: ReadonlyArray<NewEntry>,
  now: number,
  retention: EventRetention,
  quarantineCap: number
): ReadonlyArray<AdmitOutcome> => {
  const { present, previous } = marksAt(log, Math.floor(now / retention.marks))
  log.counters.received += entries.length
  return entries.map((entry): AdmitOutcome => {
    const seen = present.has(entry.key) || previous?.has(entry.key) === true
    present.add(entry.key)
    if (seen) {
      log.counters.deduped++
      return "deduped"
    }
    if (entry.sort === "quarantine") {
      quarantine(log, entry, now, quarantineCap)
      return "quarantined"
    }
    appendEntry(log, entry.consumers, {
      at: now,
      key: entry.key,
      record: wholeRecord(entry),
      until: now + retention.delivered
    })
    return "admitted"
  })
}

/** Admits a batch. A batch with a known nonce gets its first answer and counts once (G28). */
export const admitTo = (
  logOf: (partition: number) => PartitionLog,
  { nonce, parts }: Batch,
  now: number,
  retention: EventRetention,
  quarantineCap: number
): ReadonlyArray<AdmitOutcome> => {
  const [first] = parts
  if (first === undefined) return []
  const { nonces } = logOf(first.partition)
  for (const [old, { until }] of nonces) {
    if (until > now) break
    nonces.delete(old)
  }
  const answered = nonces.get(nonce)
  if (answered !== undefined) return answered.answer
  const answer = parts.flatMap(({ partition, entries }) =>
    admitPart(logOf(partition), entries, now, retention, quarantineCap)
  )
  nonces.set(nonce, { until: now + retention.nonce, answer })
  return answer
}
