/** Retention of the event log (G9). */
export interface EventRetention {
  /** Least milliseconds that a dedupe mark lives after its last copy. Longer than the longest time that a provider retries. */
  readonly marks: number
  /** Milliseconds that the answer to a batch is kept, so that a repeated batch gets the same one (G28). */
  readonly nonce: number
  /** Milliseconds that an event stays after its admission, or after an acknowledgement that came later than that. */
  readonly delivered: number
  /**
   * Milliseconds that a delivered status stays after its admission, at most as long as another event. At least
   * {@link readAgain}, because statuses are applied again after a failover (G22).
   */
  readonly statuses: number
  /**
   * Bytes of records over all partitions. Above them, delivered events are deleted early. A small store keeps less: see
   * {@link deliveredCap}.
   */
  readonly deliveredBytes: number
  /** Milliseconds that a dead letter or a quarantined item stays. */
  readonly deadLetters: number
  /** Bytes of quarantined content over all partitions. Above them, an item is kept without its content (G28). */
  readonly quarantineBytes: number
}

const hour = 3_600_000
const day = 24 * hour

/** Milliseconds before now whose events are applied again after a failover (G22). */
export const readAgain = hour

export const retention: EventRetention = {
  marks: 8 * day,
  nonce: 120_000,
  delivered: day,
  statuses: 2 * hour,
  deliveredBytes: 1024 * 1024 * 1024,
  deadLetters: 30 * day,
  quarantineBytes: 64 * 1024 * 1024
}

/** Memory of the store, as its primaries reported it. */
export interface Capacity {
  /** Bytes that all primaries together may use; absent when one of them has no limit. */
  readonly limit?: number
  /** The used part of the fullest primary, from 0 to 1 and above; 0 when none has a limit. */
  readonly used: number
}

/** Used part of the memory at which the store admits nothing more (G6). */
export const fullAt = 0.85

/** Largest part of all memory that delivered events may take. */
const deliveredShare = 0.25

/** Used part of the memory above which the store keeps fewer delivered events than its retention says. */
export const easesAt = 0.7
/** Used part of the memory above which the store keeps no delivered events. */
const keepsNoneAt = 0.8

/** Returns whether a store keeps fewer delivered events than its retention says. */
export const isFilling = ({ used }: Capacity): boolean => used > easesAt

/**
 * Returns the bytes of delivered events that a store may keep. They are deleted early as the store fills, so that it never
 * refuses admission while it holds delivered events.
 */
export const deliveredCap = (bytes: number, { limit = Number.POSITIVE_INFINITY, used }: Capacity): number => {
  const room = Math.min(1, Math.max(0, (keepsNoneAt - used) / (keepsNoneAt - easesAt)))
  return Math.min(bytes, limit * deliveredShare) * room
}
