/**
 * What has been handled, and what was answered. Put it where your own data is: a mark under a unique key, written in the
 * transaction that handles the event, makes handling and marking one.
 */
export interface Marks {
  /** The answer that is kept under this id; `undefined` where there is none. */
  readonly find: (id: string) => Promise<string | undefined>
  /** Keeps an answer where none is kept yet, and gives the one that then is. */
  readonly keep: (id: string, answer: string) => Promise<string>
}

/** Marks that are gone with their process: for tests, and for trying out. The oldest go first. */
export const memoryMarks = (most = 100_000): Marks => {
  const kept = new Map<string, string>()
  return {
    find: (id) => Promise.resolve(kept.get(id)),
    keep: (id, answer) => {
      const known = kept.get(id)
      if (known !== undefined) return Promise.resolve(known)
      kept.set(id, answer)
      for (const oldest of kept.keys()) {
        if (kept.size <= most) break
        kept.delete(oldest)
      }
      return Promise.resolve(answer)
    }
  }
}
