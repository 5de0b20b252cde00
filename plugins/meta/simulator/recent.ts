import * as Stream from "effect/Stream"

/** The last items, oldest first, and the number of all. */
export interface Recent<A> {
  readonly total: number
  readonly recent: ReadonlyArray<A>
}

const kept = 1000

export const none = { total: 0, recent: [] }

export const append = <A>(list: ReadonlyArray<A>, item: A): ReadonlyArray<A> => [...list.slice(1 - kept), item]

export const add =
  <A>(item: A) =>
  ({ total, recent }: Recent<A>): Recent<A> => ({ total: total + 1, recent: append(recent, item) })

/** Emits each item once: first the stored ones, then new ones. */
export const each = <A>(changes: Stream.Stream<Recent<A>>): Stream.Stream<A> =>
  changes.pipe(
    Stream.mapAccum(
      () => 0,
      (seen, { total, recent }) => [total, recent.slice(Math.max(0, recent.length - (total - seen)))]
    )
  )
