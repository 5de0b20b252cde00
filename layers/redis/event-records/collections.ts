import * as Effect from "effect/Effect"
import type { InfraError } from "../../../src/domain/failure.ts"
import {
  type Range,
  parseCollectionCursor,
  type StoredItem,
  type EventPage
} from "../../../src/inbound/event-log/event-admin.ts"
import type { Calls } from "../event-log/calls.ts"
import { asTexts } from "../scripting/reply.ts"
import { listShelfScript, readShelfScript } from "./scripts/collections.ts"

type Shelf = "dead" | "quarantine"

const byTime = (a: StoredItem, b: StoredItem): number => a.at - b.at || (a.id < b.id ? -1 : 1)

/** Merges the entries of all partitions into one page. Each partition returns a whole page and one entry more. */
export const collectionPage = <A>(
  found: ReadonlyArray<ReadonlyArray<A>>,
  { limit, order }: Range,
  compare: (a: A, b: A) => number,
  cursorOf: (last: A) => string
): EventPage<A> => {
  const all = found.flat().sort(order === "newest" ? (a, b) => compare(b, a) : compare)
  const entries = all.slice(0, limit)
  const last = entries.at(-1)
  return last === undefined || all.length <= limit ? { entries } : { entries, next: cursorOf(last) }
}

/** Lists and reads dead letters and quarantined items over all partitions. */
export const collectionMethods = ({ partitions, run }: Calls) => {
  const listIn = (shelf: Shelf, { order, cursor = "", from, to, limit }: Range) =>
    Effect.fnUntraced(function* (partition: number): Effect.fn.Return<ReadonlyArray<StoredItem>, InfraError> {
      const last = parseCollectionCursor(cursor)
      const args = [order, from ?? "-inf", to ?? "+inf", last?.at ?? "", last?.id ?? "", limit + 1]
      const texts = yield* Effect.flatMap(
        run(listShelfScript, partition, [shelf, `${shelf}:items`], args),
        asTexts(listShelfScript.name)
      )
      const items: Array<StoredItem> = []
      for (let at = 0; at + 2 < texts.length; at += 3) {
        const [id = "", time = "", record = ""] = texts.slice(at, at + 3)
        items.push({ id, at: Number(time), record })
      }
      return items
    })

  const readIn = (shelf: Shelf, id: string) => (partition: number) =>
    run(readShelfScript, partition, [shelf, `${shelf}:items`], [id]).pipe(
      Effect.flatMap(asTexts(readShelfScript.name)),
      Effect.map(([at, record]): ReadonlyArray<StoredItem> =>
        at === undefined || record === undefined ? [] : [{ id, at: Number(at), record }]
      )
    )

  const everywhere = <A>(one: (partition: number) => Effect.Effect<A, InfraError>) =>
    Effect.forEach(partitions, one, { concurrency: "unbounded" })

  return {
    list: (shelf: Shelf, range: Range) =>
      Effect.map(everywhere(listIn(shelf, range)), (found) =>
        collectionPage(found, range, byTime, ({ at, id }) => `${at}-${id}`)
      ),
    read: (shelf: Shelf, id: string) => Effect.map(everywhere(readIn(shelf, id)), (found) => found.flat()[0])
  }
}
