/** Things that come and go all the time, a few of them at once, in no order. */
export interface Rack<A> {
  /** Answers how to take it away again; that answers `false` where it is gone. */
  readonly put: (one: A) => () => boolean
  /** Takes away what is so. */
  readonly takeAll: (is: (one: A) => boolean) => ReadonlyArray<A>
  readonly all: () => ReadonlyArray<A>
  readonly size: () => number
}

/**
 * Each has a place in one array. A `Set` makes a new table of itself for every hundred or so that pass, and the old one
 * leads to the new one and still names what was in it: once one of them has come into the old space of the heap, all that
 * passes is kept until that is collected, and is copied there first.
 */
export const makeRack = <A>(): Rack<A> => {
  const places: Array<A | undefined> = []
  const free: Array<number> = []
  const take = (one: A, at: number): boolean => {
    if (places[at] !== one) return false
    places[at] = undefined
    free.push(at)
    return true
  }
  const all = () => places.filter((one) => one !== undefined)
  return {
    put: (one) => {
      const at = free.pop() ?? places.length
      places[at] = one
      return () => take(one, at)
    },
    takeAll: (is) => all().filter((one) => is(one) && take(one, places.indexOf(one))),
    all,
    size: () => places.length - free.length
  }
}
