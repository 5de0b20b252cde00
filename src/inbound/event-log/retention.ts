/** How long the event log keeps what it keeps (G9). */
export interface EventRetention {
  /** Milliseconds that a dedupe mark lives at least, measured from the last copy; above the largest retry horizon. */
  readonly marks: number
  /** Milliseconds that a batch is remembered, so that a resend gets its first answer (G28). */
  readonly nonce: number
  /** Milliseconds that an event stays: from its admission, or from its acknowledgement where that came after these. */
  readonly delivered: number
  /** Bytes of records over all partitions above which delivered events go before their time; a small store keeps less, see {@link deliveredCap}. */
  readonly deliveredBytes: number
  /** Milliseconds that a dead letter or a quarantined item stays. */
  readonly deadLetters: number
  /** Bytes of quarantined content over all partitions; what comes above it is kept without its content (G28). */
  readonly quarantineBytes: number
}

const day = 86_400_000

export const retention: EventRetention = {
  marks: 8 * day,
  nonce: 120_000,
  delivered: day,
  deliveredBytes: 1024 * 1024 * 1024,
  deadLetters: 30 * day,
  quarantineBytes: 64 * 1024 * 1024
}

/** The memory of the store, as its primaries reported it. */
export interface Capacity {
  /** Bytes that all primaries together may use. Absent when one of them has no limit. */
  readonly limit?: number
  /** The used part of the fullest primary, from 0 to 1 and above; 0 when none has a limit. */
  readonly used: number
}

/** The part of its memory at which a store takes nothing more in (G6). */
export const fullAt = 0.85

/** Of all memory, what delivered events may take at most. */
const deliveredShare = 0.25

/** Between these parts of its memory a store keeps fewer and fewer delivered events; above the second it keeps none. */
const [easeFrom, easeTo] = [0.7, 0.8]

/** Returns whether a store keeps fewer delivered events than its retention says. */
export const isFilling = ({ used }: Capacity): boolean => used > easeFrom

/**
 * Returns the bytes of delivered events that a store may keep. They go before their time as the store fills, so that it
 * never shuts while something delivered is left.
 */
export const deliveredCap = (bytes: number, { limit = Number.POSITIVE_INFINITY, used }: Capacity): number => {
  const room = Math.min(1, Math.max(0, (easeTo - used) / (easeTo - easeFrom)))
  return Math.min(bytes, limit * deliveredShare) * room
}
