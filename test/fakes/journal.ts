import * as Effect from "effect/Effect"

/** The entries that a fake recorded, oldest first, and a way to wait for more. */
export interface Journal<A> {
  readonly all: ReadonlyArray<A>
  readonly record: (entry: A) => void
  /** Waits until at least `count` entries are recorded, and returns all of them. */
  readonly reach: (count: number) => Effect.Effect<ReadonlyArray<A>>
}

export const journal = <A>(): Journal<A> => {
  const all: Array<A> = []
  const watchers = new Set<() => void>()
  return {
    all,
    record: (entry) => {
      all.push(entry)
      for (const look of Array.from(watchers)) look()
    },
    reach: (count) =>
      Effect.callback((resume) => {
        const look = () => {
          if (all.length < count) return
          watchers.delete(look)
          resume(Effect.succeed(all))
        }
        watchers.add(look)
        look()
        return Effect.sync(() => watchers.delete(look))
      })
  }
}
