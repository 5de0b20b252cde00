import type { EventRetention } from "../../../src/inbound/event-log/retention.ts"
import { isOpen, type PartitionLog, remove } from "./partition-log.ts"

/** Deletes expired entries. Above the byte limit, also deletes the oldest events that no consumer waits for. */
export const sweepLog = (log: PartitionLog, now: number, retention: EventRetention, cap: number): void => {
  for (const { position, until } of Array.from(log.log.values())) {
    if (!isOpen(log, position) && (until <= now || log.logBytes > cap)) remove(log, position)
  }
  const edge = now - retention.deadLetters
  for (const [id, { at }] of Array.from(log.dead)) if (at < edge) log.dead.delete(id)
  for (const [id, { at, record }] of Array.from(log.quarantine)) {
    if (at >= edge) continue
    log.quarantine.delete(id)
    log.quarantineBytes -= Buffer.byteLength(record)
  }
}
