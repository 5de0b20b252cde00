import type * as Effect from "effect/Effect"
import * as Latch from "effect/Latch"
import * as MutableList from "effect/MutableList"

/** Reason why an entry waits. `fresh`: it has just come. `backlog`: it was there before the reader. `again`: it is retried. */
export type Priority = "fresh" | "backlog" | "again"

const sorts: ReadonlyArray<Priority> = ["fresh", "backlog", "again"]

/** A queue that serves its priorities in rotation, each first in, first out. No priority starves another. */
export interface FairQueue<A> {
  readonly add: (sort: Priority, one: A) => void
  /** Waits until the queue is not empty. */
  readonly some: Effect.Effect<void>
  /**
   * Removes and returns the next entry; returns `undefined` when the queue is empty. With `untried`, entries that have not
   * failed come first, since they show better whether the runtime is back.
   */
  readonly next: (untried: boolean) => A | undefined
}

export const makeFairQueue = <A>(): FairQueue<A> => {
  const waiting = { fresh: MutableList.make<A>(), backlog: MutableList.make<A>(), again: MutableList.make<A>() }
  const latch = Latch.makeUnsafe(false)
  let first = 0
  return {
    add: (sort, one) => {
      MutableList.append(waiting[sort], one)
      latch.openUnsafe()
    },
    some: latch.await,
    next: (untried) => {
      if (!untried) first = (first + 1) % sorts.length
      const order = untried ? sorts : [...sorts.slice(first), ...sorts.slice(0, first)]
      const sort = order.find((one) => waiting[one].length > 0)
      const taken = sort === undefined ? MutableList.Empty : MutableList.take(waiting[sort])
      if (sorts.every((one) => waiting[one].length === 0)) latch.closeUnsafe()
      return taken === MutableList.Empty ? undefined : taken
    }
  }
}
