/** How long the event log keeps what it keeps (G9). */
export interface Retention {
  /** Milliseconds that a dedupe mark lives at least, measured from the last copy; above the largest retry horizon. */
  readonly marks: number
  /** Milliseconds that a batch is remembered, so that a resend gets its first answer (G28). */
  readonly nonce: number
  /** Milliseconds that an event stays: from its admission, or from its acknowledgement where that came after these. */
  readonly delivered: number
  /** Bytes of records over all partitions above which events that nobody waits for go before their time. */
  readonly deliveredBytes: number
  /** Milliseconds that a dead letter or a quarantined item stays. */
  readonly deadLetters: number
  /** Bytes of quarantined content over all partitions; what comes above it is kept without its content (G28). */
  readonly quarantineBytes: number
}

const day = 86_400_000

export const retention: Retention = {
  marks: 8 * day,
  nonce: 120_000,
  delivered: day,
  deliveredBytes: 1024 * 1024 * 1024,
  deadLetters: 30 * day,
  quarantineBytes: 64 * 1024 * 1024
}
