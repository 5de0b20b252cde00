import { type Backoff, backoffDelay } from "../../concurrency/backoff.ts"

/** Time at which an entry is due, in milliseconds, and how often it was handled. */
interface DueEntry {
  readonly at: number
  readonly attempts: number
}

/** Holds the entries of one partition that were handled and not ended, each due again at growing intervals. */
export interface WaitingEntries {
  /** Adds the entry, or lengthens its interval. */
  readonly put: (position: number, now: number, backoff: Backoff) => void
  readonly drop: (position: number) => void
  /** Positions that are due, lowest first. */
  readonly due: (now: number) => ReadonlyArray<number>
  readonly size: () => number
}

export const waitingEntries = (): WaitingEntries => {
  const entries = new Map<number, DueEntry>()
  return {
    put: (position, now, backoff) => {
      const attempts = entries.get(position)?.attempts ?? 0
      entries.set(position, { at: now + backoffDelay(backoff, attempts), attempts: attempts + 1 })
    },
    drop: (position) => void entries.delete(position),
    due: (now) => [...entries].flatMap(([position, { at }]) => (at <= now ? [position] : [])).toSorted((a, b) => a - b),
    size: () => entries.size
  }
}
