import type { Retention } from "../../../src/inbound/retention.ts"
import { isOpen, type PartitionLog, remove } from "./partition-log.ts"

/** Takes away what has had its time, and before that the oldest of what nobody waits for where there are too many bytes. */
export const sweepLog = (log: PartitionLog, now: number, retention: Retention, cap: number): void => {
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
