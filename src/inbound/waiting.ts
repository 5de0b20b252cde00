/** What waits to be handled again: when it is due next, and how often it was tried. */
interface Turn {
  readonly at: number
  readonly tries: number
}

const firstPause = 1_000

/** Entries of one partition that were handled and not ended, each due again at growing intervals. */
export interface WaitingEntries {
  /** Milliseconds that its interval grows to. */
  readonly put: (position: number, now: number, longest: number) => void
  readonly drop: (position: number) => void
  /** Positions that are due, lowest first. */
  readonly due: (now: number) => ReadonlyArray<number>
  readonly size: () => number
}

export const waitingEntries = (): WaitingEntries => {
  const turns = new Map<number, Turn>()
  return {
    put: (position, now, longest) => {
      const tries = turns.get(position)?.tries ?? 0
      turns.set(position, { at: now + Math.min(firstPause * 2 ** Math.min(tries, 20), longest), tries: tries + 1 })
    },
    drop: (position) => void turns.delete(position),
    due: (now) => [...turns].flatMap(([position, { at }]) => (at <= now ? [position] : [])).toSorted((a, b) => a - b),
    size: () => turns.size
  }
}
