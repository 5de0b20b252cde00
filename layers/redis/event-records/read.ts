import * as Effect from "effect/Effect"
import type { InfraError } from "../../../src/domain/failure.ts"
import {
  type DeliveryState,
  type EventPage,
  type EventRecords,
  parseCollectionCursor,
  parsePlace,
  type Range,
  type StoredEvent,
  type StoredItem,
  type StoredLetter
} from "../../../src/inbound/event-log/event-admin.ts"
import type { Calls } from "../event-log/calls.ts"
import { unexpectedReply } from "../failure.ts"
import { asTexts } from "../scripting/reply.ts"
import { listShelfScript, readShelfScript } from "./scripts/collections.ts"
import { listEventsScript } from "./scripts/read-events.ts"

type Shelf = "dead" | "quarantine"

const byTime = (a: StoredItem, b: StoredItem): number => a.at - b.at || (a.id < b.id ? -1 : 1)

/** Merges the entries of all partitions into one page. Each partition returns a whole page and one entry more. */
const collectionPage = <A>(
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
const collectionMethods = ({ partitions, run }: Calls) => {
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

export const isDeliveryState = (text: string | undefined): text is DeliveryState =>
  text === "pending" || text === "delivered" || text === "dead_lettered"

/** Returns the lowest and the highest log id that a page may hold in one partition. */
const boundsOf = ({ order, cursor = "", from, to }: Range, partition: number): readonly [string, string] => {
  const low = from === undefined ? "-" : String(from)
  const high = to === undefined ? "+" : String(to)
  const last = parsePlace(cursor)
  if (last === undefined) return [low, high]
  if (last.partition === partition) {
    const behind = `(${last.at}-${last.step}`
    return order === "newest" ? [low, behind] : [behind, high]
  }
  if (order === "newest") return [low, String(partition < last.partition ? last.at : Math.max(0, last.at - 1))]
  return [String(partition > last.partition ? last.at : last.at + 1), high]
}

const byPlace = ({ place: a = "" }: StoredEvent, { place: b = "" }: StoredEvent): number => {
  const [one, other] = [parsePlace(a), parsePlace(b)]
  if (one === undefined || other === undefined) return 0
  return one.at - other.at || one.partition - other.partition || one.step - other.step
}

/** Reads events, dead letters and quarantined items in pages, over all partitions at once. */
export const eventReadMethods = (
  calls: Calls
): Pick<EventRecords["Service"], "events" | "deadLetters" | "deadLetter" | "quarantine" | "quarantined"> => {
  const { list, read } = collectionMethods(calls)

  const eventsIn = (range: Range) =>
    Effect.fnUntraced(function* (partition: number): Effect.fn.Return<ReadonlyArray<StoredEvent>, InfraError> {
      const args = [range.order, ...boundsOf(range, partition), range.limit + 1]
      const reply = yield* calls.run(
        listEventsScript,
        partition,
        ["log", "todo:runtime", "dead:items", "delivered"],
        args
      )
      const texts = yield* asTexts(listEventsScript.name)(reply)
      const events: Array<StoredEvent> = []
      for (let at = 0; at + 3 < texts.length; at += 4) {
        const [id = "", key = "", state, record = ""] = texts.slice(at, at + 4)
        if (!isDeliveryState(state)) return yield* unexpectedReply(listEventsScript.name)
        events.push({ key, at: Number(id.split("-")[0]), state, record, place: `${id}-${partition}` })
      }
      return events
    })

  return {
    events: (range) =>
      Effect.map(Effect.forEach(calls.partitions, eventsIn(range), { concurrency: "unbounded" }), (found) =>
        collectionPage(found, range, byPlace, ({ place = "" }) => place)
      ),
    deadLetters: (range) =>
      Effect.map(list("dead", range), (page) => ({ ...page, entries: page.entries.map(letterOf) })),
    deadLetter: (id) => Effect.map(read("dead", id), (item) => (item === undefined ? undefined : letterOf(item))),
    quarantine: (range) => list("quarantine", range),
    quarantined: (id) => read("quarantine", id)
  }
}

/** Decodes a dead letter. Its first line holds place, refusals and reason. */
const letterOf = ({ id, at, record }: StoredItem): StoredLetter => {
  const [head = "", ...rest] = record.split("\n")
  const [, refusals = "0", ...reason] = head.split(" ")
  return { id, at, reason: reason.join(" "), refusals: Number(refusals), record: rest.join("\n") }
}
