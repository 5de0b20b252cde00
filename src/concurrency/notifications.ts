import * as Effect from "effect/Effect"
import * as Latch from "effect/Latch"

/**
 * Wakes the fibers of this process that work on a partition. A notification is a hint: it is lost with the process, and other
 * processes do not get it, so every receiver also polls.
 */
export interface Notifications {
  /** Keeps the notification until it is received; several before that count as one. Ignores a partition that does not exist. */
  readonly notify: (partition: number) => void
  /** Waits for a notification, or returns at once when one is kept. Never returns for a partition that does not exist. */
  readonly next: (partition: number) => Effect.Effect<void>
}

/** Makes one latch for each partition. */
export const makeNotifications = (partitions: number): Notifications => {
  const latches = Array.from({ length: partitions }, () => Latch.makeUnsafe(false))
  return {
    notify: (partition) => {
      latches[partition]?.openUnsafe()
    },
    next: (partition) => {
      const latch = latches[partition]
      return latch === undefined ? Effect.never : Effect.tap(latch.await, () => latch.close)
    }
  }
}
