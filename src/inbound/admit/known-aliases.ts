/** Milliseconds after which an alias is learned again: the store may have lost it, or an operator erased the person. */
const cachedMs = 600_000
/** Aliases in the cache. Above this number the oldest one is removed. */
const maxAliases = 50_000

/**
 * Cache of the aliases that this process has learned, so that most items need no read of the store. It names people and must
 * never be printed.
 */
export interface KnownAliases {
  /** Returns true when the alias was learned as this id, and not too long ago. */
  readonly has: (alias: string, id: string, now: number) => boolean
  readonly add: (alias: string, id: string, now: number) => void
  readonly clear: () => void
}

export const knownAliases = (): KnownAliases => {
  const known = new Map<string, { readonly id: string; readonly until: number }>()
  return {
    has: (alias, id, now) => {
      const one = known.get(alias)
      return one !== undefined && one.id === id && now < one.until
    },
    add: (alias, id, now) => {
      known.delete(alias)
      known.set(alias, { id, until: now + cachedMs })
      if (known.size <= maxAliases) return
      const [oldest] = known.keys()
      if (oldest !== undefined) known.delete(oldest)
    },
    clear: () => known.clear()
  }
}
