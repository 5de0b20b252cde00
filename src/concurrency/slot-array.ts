/** Holds entries that come and go often, in no order. */
export interface SlotArray<A> {
  /** Adds an entry. Returns the function that removes it, which returns `false` when the entry is already gone. */
  readonly add: (entry: A) => () => boolean
  /** Removes and returns the entries that match. */
  readonly takeWhere: (matches: (entry: A) => boolean) => ReadonlyArray<A>
  readonly all: () => ReadonlyArray<A>
  readonly size: () => number
}

/**
 * Makes an array that reuses the slots of removed entries. A `Set` allocates a new table about every hundred entries, and the
 * old table refers to the new one and to its former entries. Once an old table is in old space, V8 copies every later entry
 * there. That took half of the garbage collection time of `npm run bench -- sends`. Remove it when a `Set` no longer does so.
 */
export const makeSlotArray = <A>(): SlotArray<A> => {
  const slots: Array<A | undefined> = []
  const free: Array<number> = []
  const remove = (entry: A, at: number): boolean => {
    if (slots[at] !== entry) return false
    slots[at] = undefined
    free.push(at)
    return true
  }
  const all = () => slots.filter((entry) => entry !== undefined)
  return {
    add: (entry) => {
      const at = free.pop() ?? slots.length
      slots[at] = entry
      return () => remove(entry, at)
    },
    takeWhere: (matches) => all().filter((entry) => matches(entry) && remove(entry, slots.indexOf(entry))),
    all,
    size: () => slots.length - free.length
  }
}
