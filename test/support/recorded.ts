import * as Effect from "effect/Effect"

/** Recorded entries, oldest first, and a way to wait for more. */
export interface Recorded<A> {
  readonly all: ReadonlyArray<A>
  readonly add: (one: A) => void
  /** Waits until the entries satisfy `enough`, and returns them. */
  readonly until: (enough: (all: ReadonlyArray<A>) => boolean) => Effect.Effect<ReadonlyArray<A>>
  readonly atLeast: (count: number) => Effect.Effect<ReadonlyArray<A>>
}

export const recorded = <A>(): Recorded<A> => {
  const all: Array<A> = []
  const watchers = new Set<() => void>()
  const until = (enough: (all: ReadonlyArray<A>) => boolean) =>
    Effect.callback<ReadonlyArray<A>>((resume) => {
      const look = () => {
        if (!enough(all)) return
        watchers.delete(look)
        resume(Effect.succeed(all))
      }
      watchers.add(look)
      look()
      return Effect.sync(() => watchers.delete(look))
    })
  return {
    all,
    add: (one) => {
      all.push(one)
      for (const look of watchers) look()
    },
    until,
    atLeast: (count) => until(({ length }) => length >= count)
  }
}
