/** Milliseconds after which an alias is learned again: the store may have lost it, or forgotten the person. */
const trust = 600_000
/** Aliases that a process knows to be learned; the oldest go first. */
const most = 50_000

/** Aliases that this process has learned lately, so that most items ask nothing of the store. Never printed: names people. */
export interface KnownAliases {
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
      known.set(alias, { id, until: now + trust })
      if (known.size <= most) return
      const [oldest] = known.keys()
      if (oldest !== undefined) known.delete(oldest)
    },
    clear: () => known.clear()
  }
}
