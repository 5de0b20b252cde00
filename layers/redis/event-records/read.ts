import * as Effect from "effect/Effect"
import type { InfraError } from "../../../src/domain/failure.ts"
import {
  type EventRecords,
  parsePlace,
  type Range,
  type DeliveryState,
  type StoredEvent,
  type StoredItem,
  type StoredLetter
} from "../../../src/inbound/event-log/event-admin.ts"
import type { Calls } from "../event-log/calls.ts"
import { unexpectedReply } from "../failure.ts"
import { asTexts } from "../scripting/reply.ts"
import { listEventsScript } from "./scripts/list-events.ts"
import { collectionMethods, collectionPage } from "./collections.ts"

export const isStanding = (text: string | undefined): text is DeliveryState =>
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
      const reply = yield* calls.run(listEventsScript, partition, ["log", "todo:runtime", "dead:items"], args)
      const texts = yield* asTexts(listEventsScript.name)(reply)
      const events: Array<StoredEvent> = []
      for (let at = 0; at + 3 < texts.length; at += 4) {
        const [id = "", key = "", standing, record = ""] = texts.slice(at, at + 4)
        if (!isStanding(standing)) return yield* unexpectedReply(listEventsScript.name)
        events.push({ key, at: Number(id.split("-")[0]), standing, record, place: `${id}-${partition}` })
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
