import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as FiberSet from "effect/FiberSet"

interface PendingItem<Item, Answer, E> {
  readonly item: Item
  readonly done: (exit: Exit.Exit<Answer, E>) => void
}

/** Requests at once while the items of a failed batch are retried one by one. */
const concurrency = 8

/**
 * Coalesces the items of one key that arrive in one turn of the event loop, or while an earlier request of that key is
 * under way. A batch has at most `limit` items.
 *
 * Each caller receives the answer for its own item. A batch fails as a whole. If `ofOne` says that the failure may be
 * of a single item, each item is requested once more by itself. A caller that is interrupted stops waiting, and its
 * item is still requested.
 */
export const coalesce = Effect.fnUntraced(function* <Item, Answer, E>(
  keyOf: (item: Item) => string,
  ask: (items: ReadonlyArray<Item>) => Effect.Effect<(at: number) => Answer, E>,
  limit: number,
  ofOne: (error: E) => boolean = () => false
) {
  const run = yield* FiberSet.runtime(yield* FiberSet.make<void, never>())<never>()
  const groups = new Map<string, Array<PendingItem<Item, Answer, E>>>()

  type Batch = ReadonlyArray<PendingItem<Item, Answer, E>>
  const asked = (batch: Batch) => Effect.exit(ask(batch.map(({ item }) => item)))
  const tell = (batch: Batch, exit: Effect.Success<ReturnType<typeof asked>>) => {
    for (const [at, { done }] of batch.entries()) done(Exit.map(exit, (answer) => answer(at)))
  }
  const alone = (batch: Batch) =>
    Effect.forEach(batch, (one) => Effect.map(asked([one]), (exit) => tell([one], exit)), {
      concurrency,
      discard: true
    })

  const work = (key: string, group: Array<PendingItem<Item, Answer, E>>): Effect.Effect<void> =>
    Effect.suspend(() => {
      if (group.length === 0) {
        groups.delete(key)
        return Effect.void
      }
      const batch = group.splice(0, limit)
      const all = Effect.flatMap(asked(batch), (exit) => {
        const failed = Exit.isFailure(exit) ? exit.cause.reasons.find(Cause.isFailReason) : undefined
        return failed !== undefined && batch.length > 1 && ofOne(failed.error)
          ? alone(batch)
          : Effect.sync(() => tell(batch, exit))
      })
      return Effect.flatMap(all, () => work(key, group))
    })

  return (item: Item): Effect.Effect<Answer, E> =>
    Effect.callback((resume) => {
      const key = keyOf(item)
      const known = groups.get(key)
      if (known !== undefined) {
        known.push({ item, done: resume })
        return
      }
      const group = [{ item, done: resume }]
      groups.set(key, group)
      run(Effect.andThen(Effect.yieldNow, work(key, group)))
    })
})
