/**
 * Marks of handled events and their answers. Keep them with your own data. A mark under a unique key, written in the
 * transaction that handles the event, makes handling and marking atomic.
 */
export interface Marks {
  /** Returns the answer stored under this id. Returns `undefined` when there is none. */
  readonly find: (id: string) => Promise<string | undefined>
  /** Stores an answer unless one is stored already. Returns the stored answer. */
  readonly keep: (id: string, answer: string) => Promise<string>
}

/** Returns marks that are lost with the process, for tests and trials. Deletes the oldest beyond `most`. */
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
