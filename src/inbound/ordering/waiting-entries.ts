import { type Backoff, backoffDelay } from "../../concurrency/backoff.ts"

/** When an entry is due next, and how often it was handled. */
interface Turn {
  readonly at: number
  readonly tries: number
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
  const turns = new Map<number, Turn>()
  return {
    put: (position, now, backoff) => {
      const tries = turns.get(position)?.tries ?? 0
      turns.set(position, { at: now + backoffDelay(backoff, tries), tries: tries + 1 })
    },
    drop: (position) => void turns.delete(position),
    due: (now) => [...turns].flatMap(([position, { at }]) => (at <= now ? [position] : [])).toSorted((a, b) => a - b),
    size: () => turns.size
  }
}
