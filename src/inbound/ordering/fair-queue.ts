import type * as Effect from "effect/Effect"
import * as Latch from "effect/Latch"
import * as MutableList from "effect/MutableList"

/** Why something waits for its turn: it came just now, it had been waiting when the reading began, it is tried again. */
export type Priority = "fresh" | "backlog" | "again"

const sorts: ReadonlyArray<Priority> = ["fresh", "backlog", "again"]

/** Who is next: each sort in turn and each first come, first served, so that no sort starves behind another. */
export interface FairQueue<A> {
  readonly add: (sort: Priority, one: A) => void
  /** Waits until something is there. */
  readonly some: Effect.Effect<void>
  /** `untried`: what has not failed before goes first, since it tells more about whether others would get through. */
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
