import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { InfraError } from "../domain/failure.ts"
import { isEventId } from "../domain/ids.ts"
import { Breaker } from "../inbound/deliver/circuit-breaker.ts"
import { EventRecords, parsePlace, type StoredEvent } from "../inbound/event-log/event-admin.ts"
import { conversationOfRecord, decodeHeader } from "../inbound/event-log/event-codec.ts"
import { EventLog, type PendingEntry } from "../inbound/event-log/event-log.ts"
import { quarantineHeadOf } from "../inbound/event-log/quarantine-codec.ts"
import { StoreClock } from "../partition/store-clock.ts"
import type { EventFacts, EventQueue, ItemFacts } from "./event-facts.ts"

/** Pending events that are read to find the place of one in its conversation: pages of a partition, oldest first. */
const pageSize = 256
const mostPages = 16
/** Milliseconds for that search, so that an answer comes within five seconds. */
const searchMillis = 2_000

const headerIn = (record: string) => {
  const header = decodeHeader(record)
  return header === undefined ? {} : { header }
}

/** Makes the functions that read the facts about an event, a dead letter and a quarantined item. */
export const eventGatherer = Effect.gen(function* () {
  const records = yield* EventRecords
  const log = yield* EventLog
  const breaker = yield* Breaker
  const clock = yield* StoreClock

  /** Returns the events of the conversation up to the event itself. Returns `undefined` when it is not found. */
  const conversationUpTo = Effect.fnUntraced(function* (event: StoredEvent, partition: number) {
    const conversation = conversationOfRecord(event.record)
    const before: Array<PendingEntry> = []
    let after = 0
    for (let page = 0; page < mostPages; page++) {
      const entries = yield* log.pending(partition, "runtime", after, pageSize)
      for (const entry of entries) {
        if (entry.key === event.key && entry.replay === undefined) return { own: entry, before }
        if (conversationOfRecord(entry.record) === conversation) before.push(entry)
      }
      const last = entries.at(-1)
      if (last === undefined || entries.length < pageSize) return undefined
      after = last.position
    }
    return undefined
  })

  const queueOf = Effect.fnUntraced(function* (
    event: StoredEvent,
    partition: number
  ): Effect.fn.Return<EventQueue | "unknown", InfraError> {
    const searched = yield* Effect.timeoutOption(conversationUpTo(event, partition), searchMillis)
    const found = Option.getOrUndefined(searched)
    if (found === undefined) return "unknown"
    const { refusals, redriven = false } = found.own
    const first = found.before[0]?.key
    return {
      refusals,
      redriven,
      ahead: found.before.length,
      ...(first !== undefined && isEventId(first) ? { first } : {})
    }
  })

  const waiting = Effect.fnUntraced(function* (event: StoredEvent) {
    const partition = parsePlace(event.place ?? "")?.partition
    if (event.state !== "pending" || partition === undefined) return {}
    const away = yield* breaker.away
    return { queue: yield* queueOf(event, partition), ...(away === undefined ? {} : { away }) }
  })

  const letterOf = (id: string) =>
    Effect.map(records.deadLetter(id), (found) => {
      if (found === undefined) return undefined
      const { at, reason, refusals, record } = found
      return { record, letter: { at, reason, refusals } }
    })

  return {
    /** Returns the facts about an event; `expired` when only its dedupe mark is left, `undefined` when nothing is. */
    event: Effect.fnUntraced(function* (id: string): Effect.fn.Return<EventFacts | "expired" | undefined, InfraError> {
      const event = yield* records.event(id)
      if (event === undefined) return (yield* records.remembered(id)) ? "expired" : undefined
      const { at, record, replays, state } = event
      const found = state === "dead_lettered" ? yield* letterOf(id) : undefined
      return {
        id,
        now: yield* clock.now,
        state,
        at,
        replays,
        ...headerIn(record),
        ...(yield* waiting(event)),
        ...(found === undefined ? {} : { letter: found.letter })
      }
    }),
    /** Returns the facts about the dead letter of a replay. A replay that is none is not known by its id. */
    replay: Effect.fnUntraced(function* (
      id: string,
      replay: number
    ): Effect.fn.Return<EventFacts | undefined, InfraError> {
      const found = yield* letterOf(id)
      if (found === undefined) return undefined
      const { letter, record } = found
      return {
        id,
        now: yield* clock.now,
        state: "dead_lettered",
        at: letter.at,
        replays: replay,
        replay,
        letter,
        ...headerIn(record)
      }
    }),
    item: Effect.fnUntraced(function* (id: string): Effect.fn.Return<ItemFacts | undefined, InfraError> {
      const item = yield* records.quarantined(id)
      if (item === undefined) return undefined
      const head = quarantineHeadOf(item.record)
      return { id, at: item.at, now: yield* clock.now, ...(head === undefined ? {} : { head }) }
    })
  }
})
